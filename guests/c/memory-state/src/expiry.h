// When items expire: moments in milliseconds since 1970, and what `ttlInSeconds` asks for.
#ifndef EXPIRY_H
#define EXPIRY_H

#include <plugbox/base.h>

// The end of the year 9999: RFC 3339 can write nothing later.
#define LAST_MOMENT 253402300799999ULL

// The present, as the host's clock has it.
uint64_t moment_now(void);

// As RFC 3339, in UTC.
enum { MOMENT_SIZE = sizeof "9999-12-31T23:59:59.999Z" };
void moment_write(uint64_t moment, char text[MOMENT_SIZE]);

// When an item expires that is written with this metadata; 0 for never.
//
// -1 asks for no expiry, and so does 0. Less than that, and what is no integer at all, is refused, and so is
// a life that lasts past the year 9999.
bool expiry_requested(pbx_metadata metadata, pbx_text key, uint64_t (*now)(void), uint64_t *expires,
                      pbx_error *error);

#endif
