# Builds a guest in C or C++. A guest's Makefile says what it exports, and includes this:
#
#   EXPORTS = state-store transactional-state-store
#   include …/plugbox.mk
#
# `make` builds build/NAME.wasm from src/, `make test` runs tests/ on this machine, `make check` holds the guest against the rules.
#
#   NAME      the guest's name                                     the folder's name
#   EXPORTS   interfaces of the contract, without package or version
#   IMPORTS   interfaces of WASI that the sources call, like wasi:sockets/tcp; their bindings are in "guest.h"
#   WIT       a folder of WIT, its deps too: a world `guest` with just these EXPORTS, and with imports in place of IMPORTS
#   SOURCES   what is compiled                                     src/*.c src/*.cc src/*.cpp
#   OUTPUT    the guest                                            build/NAME.wasm
#   HEADERS   header-only libraries, each a file that is copied: the folder that it lies in has headers for this machine
#   CPPFLAGS, CFLAGS, CXXFLAGS, LDFLAGS    added to what is needed
#   STACK     bytes of stack                                       1048576
#   CC, CXX   a clang that can build for wasm32-wasi, or zig cc    clang, clang++
#   HOST_CC   what compiles the tests                              cc
#   PLUGBOX   the tool                                             plugbox

plugbox.lib := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

NAME ?= $(notdir $(CURDIR))
BUILD ?= build
OUTPUT ?= $(BUILD)/$(NAME).wasm
SOURCES ?= $(wildcard src/*.c src/*.cc src/*.cpp)
TESTS ?= $(wildcard tests/*.c)
STACK ?= 1048576
PLUGBOX ?= plugbox
HOST_CC ?= cc
ifeq ($(origin CC),default)
CC := clang
endif
ifeq ($(origin CXX),default)
CXX := clang++
endif

.DEFAULT_GOAL := guest
.PHONY: guest test check clean
.DELETE_ON_ERROR:
guest: $(OUTPUT)

ifeq ($(strip $(EXPORTS)),)
$(error EXPORTS is empty: name the interfaces that the guest exports, for example EXPORTS = state-store)
endif

ifneq ($(and $(WIT),$(IMPORTS)),)
$(error IMPORTS is for guests without WIT: import $(IMPORTS) in the world of $(WIT))
endif

# ---- What the exports need of the library

plugbox.streams := $(filter pub-sub input-binding,$(EXPORTS))
plugbox.state := $(filter %state-store,$(EXPORTS))
plugbox.sources := $(wildcard $(plugbox.lib)/src/*.c) $(plugbox.lib)/src/exports/convert.c \
	$(if $(plugbox.streams),$(plugbox.lib)/src/exports/waits.c) \
	$(if $(plugbox.state),$(plugbox.lib)/src/exports/state.c) \
	$(EXPORTS:%=$(plugbox.lib)/src/exports/%.c)

# ---- Bindings

# Where the tool is, so that a new one makes everything anew.
plugbox.tool := $(shell command -v $(PLUGBOX))
ifeq ($(plugbox.tool),)
$(error $(PLUGBOX) is not to be found: install plugbox, or say where it is with PLUGBOX=…)
endif
plugbox.gen := $(BUILD)/gen

# The contract names its own versions, and those of WASI.
plugbox.version = @$$(sed -n 's/^package $(1)@\(.*\);.*/\1/p' $(BUILD)/wit/deps/*/*.wit | head -n 1)
plugbox.package = $(if $(filter hello,$(1)),layotto:components,$(if $(filter invoke,$(1)),dapr:app,dapr:components))
plugbox.export = export $(plugbox.package)/$(1)$(call plugbox.version,$(plugbox.package));
plugbox.import = import $(1)$(call plugbox.version,$(firstword $(subst /, ,$(1))));

# The flags of the last build: others make everything anew.
$(BUILD)/flags: $(plugbox.tool) $(MAKEFILE_LIST) FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS) $(STACK) $(EXPORTS) $(IMPORTS) $(WIT)' > $@.new
	@cmp -s $@.new $@ || cp $@.new $@
	@rm $@.new
.PHONY: FORCE

# The world is always named `guest`, so the generated names are the same in every guest.
$(BUILD)/world.wit: $(BUILD)/flags $(plugbox.tool) $(MAKEFILE_LIST)
	@$(PLUGBOX) wit --force $(BUILD)/wit > /dev/null
	@{ echo 'package local:guest;'; echo 'world guest {'; \
	$(foreach i,$(IMPORTS),echo "  $(call plugbox.import,$(i))";) \
	$(foreach e,$(EXPORTS),echo "  $(call plugbox.export,$(e))";) \
	echo '}'; } > $@

plugbox.wit := $(if $(WIT),$(wildcard $(WIT)/*.wit $(WIT)/deps/*/*.wit),$(BUILD)/world.wit)
$(plugbox.gen)/guest.h: $(plugbox.wit) $(BUILD)/flags $(plugbox.tool) $(MAKEFILE_LIST)
	@$(PLUGBOX) bindings --lang c --world guest --force --wit $(or $(WIT),$<) $(plugbox.gen) > /dev/null
	@touch $@

# ---- Headers that are taken alone

plugbox.headers := $(addprefix $(BUILD)/include/,$(notdir $(HEADERS)))

define plugbox.header
$(BUILD)/include/$(notdir $(1)): $(1)
	@mkdir -p $$(@D)
	@cp $$< $$@
endef
$(foreach h,$(HEADERS),$(eval $(call plugbox.header,$(h))))

$(filter-out $(BUILD)/% build/%,$(HEADERS)):
	@echo '$@ is missing: install its package, or say with HEADERS where it is' >&2; exit 1

# ---- Core module

# lld's stack is 64 KiB, and what grows past it overwrites data unnoticed. With the stack first it traps instead; zig's linker
# does that anyway and refuses the flag.
plugbox.zig := $(findstring zig,$(CC))
plugbox.target := $(if $(plugbox.zig),-target wasm32-wasi,--target=wasm32-wasi)
plugbox.link := -mexec-model=reactor -Wl,-z,stack-size=$(STACK) -Wl,-s $(if $(plugbox.zig),,-Wl,--stack-first)
plugbox.include := -I$(plugbox.lib)/include -I$(BUILD)/include
plugbox.compile = $(plugbox.target) -O2 -MMD -MP -Wall -Wextra -Wno-unused-parameter $(plugbox.include) -I$(plugbox.gen) $(CPPFLAGS)

plugbox.object = $(BUILD)/$(1)/$(subst ..,up,$(2)).o
plugbox.objects := $(foreach s,$(SOURCES) $(plugbox.sources) $(plugbox.gen)/guest.c,$(call plugbox.object,wasm,$(s)))

define plugbox.rule
$(call plugbox.object,wasm,$(1)): $(1) $(BUILD)/flags $(plugbox.gen)/guest.h $(plugbox.headers)
	@mkdir -p $$(@D)
	$(if $(filter %.c,$(1)),$(CC) -std=gnu11 $$(plugbox.compile) $(if $(filter $(BUILD)/%,$(1)),-w,$(CFLAGS)),\
	$(CXX) -std=c++20 -fno-exceptions -fno-rtti $$(plugbox.compile) $(CXXFLAGS)) -c -o $$@ $$<
endef
$(plugbox.gen)/guest.c: $(plugbox.gen)/guest.h
$(foreach s,$(SOURCES) $(plugbox.sources) $(plugbox.gen)/guest.c,$(eval $(call plugbox.rule,$(s))))

$(BUILD)/core.wasm: $(plugbox.objects)
	$(if $(filter-out %.c,$(SOURCES)),$(CXX),$(CC)) $(plugbox.target) $(plugbox.link) -o $@ $^ \
		$(plugbox.gen)/guest_component_type.o $(LDFLAGS)

$(OUTPUT): $(BUILD)/core.wasm
	@mkdir -p $(@D)
	$(PLUGBOX) componentize --force $< -o $@

# ---- Tests, on this machine and not in WebAssembly

# Of what is not the guest's own (it is in BUILD) warnings are not wanted, and the sanitizers see only its memory.
TEST_FLAGS ?= -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
plugbox.native := $(SOURCES) $(TESTS) $(plugbox.lib)/testing/test.c $(wildcard $(plugbox.lib)/src/*.c)
plugbox.tests := $(foreach s,$(plugbox.native),$(call plugbox.object,native,$(s)))

define plugbox.test
$(call plugbox.object,native,$(1)): $(1) $(plugbox.headers) $(TEST_NEEDS) $(MAKEFILE_LIST)
	@mkdir -p $$(@D)
	@$(HOST_CC) -std=gnu11 -MMD -MP -Wall -Wextra -Wno-unused-parameter $(plugbox.include) -I$(plugbox.lib)/testing -Isrc $(CPPFLAGS) \
		$(if $(filter $(BUILD)/%,$(1)),-w -O1,$(CFLAGS) $(TEST_FLAGS)) -c -o $$@ $$<
endef
$(foreach s,$(filter %.c,$(plugbox.native)),$(eval $(call plugbox.test,$(s))))

$(BUILD)/run-tests: $(plugbox.tests)
	@$(HOST_CC) $(TEST_FLAGS) -o $@ $^ -lm

test: $(BUILD)/run-tests
	@$<

check: $(OUTPUT)
	$(PLUGBOX) check $<

clean:
	rm -rf $(BUILD)

-include $(plugbox.objects:.o=.d) $(plugbox.tests:.o=.d)
