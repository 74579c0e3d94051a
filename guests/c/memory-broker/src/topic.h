// Names of topics, and which of them a subscription's topic stands for.
#ifndef TOPIC_H
#define TOPIC_H

#include <plugbox/base.h>

// Whether a message can be published to a topic of this name.
bool topic_check(pbx_text name, pbx_error *error);
// Whether a subscription can have this topic, with or without wildcards.
bool topic_check_filter(pbx_text filter, pbx_error *error);
// Whether a good filter stands for a name without wildcards.
bool topic_matches(pbx_text filter, pbx_text name);

#endif
