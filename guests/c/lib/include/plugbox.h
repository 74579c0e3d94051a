// Everything: a guest's author includes this, or only the header of the block that the guest is.
#ifndef PLUGBOX_H
#define PLUGBOX_H

#include "plugbox/app.h"
#include "plugbox/base.h"
#include "plugbox/bindings.h"
#include "plugbox/heap.h"
#include "plugbox/hello.h"
#include "plugbox/pub_sub.h"
#include "plugbox/secret_store.h"
#include "plugbox/state_store.h"

#endif
