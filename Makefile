# Wellhead. GNU make; `make help` lists the targets.

BUILD ?= build
PREFIX ?= /usr/local
CC ?= gcc
VERSION := 0.1.0

PKGS := sqlite3 libgit2 zlib libsodium jansson
WARN := -Wall -Wextra -Werror -Wshadow -Wconversion -Wvla -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef
OPT ?= -O2 -g
SAN ?=
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' \
	-Inode -Icrypto -Isync -include node/base/banned.h
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(SAN) -fstack-protector-strong \
	$(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lm

LIB_SRC := $(wildcard node/base/*.c node/*.c crypto/*.c sync/*.c)
CLI_SRC := $(wildcard cli/*.c)
CATALOGUE := $(sort $(wildcard node/catalogue/*.json))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/catalogue_json.o
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
LIB := $(BUILD)/libwellhead.a
PROG := $(BUILD)/wellhead
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
PO := $(wildcard cli/po/*.po)
MO := $(PO:cli/po/%.po=$(BUILD)/locale/%/LC_MESSAGES/wellhead.mo)

.PHONY: all demo check unit asan ubsan fuzz bench lint install clean deps help
.DELETE_ON_ERROR:

all: $(PROG) $(MO)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The catalogue's JSON files as one C string table: name, text.
$(BUILD)/catalogue_json.c: $(CATALOGUE) node/catalogue/embed.sh
	@mkdir -p $(@D)
	sh node/catalogue/embed.sh $(CATALOGUE) >$@

$(BUILD)/obj/catalogue_json.o: $(BUILD)/catalogue_json.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(PROG): $(CLI_OBJ) $(LIB)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(CLI_OBJ) $(LIB) $(LIBS)

$(BUILD)/locale/%/LC_MESSAGES/wellhead.mo: cli/po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS_ALL) $(LDFLAGS) -MMD -MP -o $@ \
		$< $(LIB) $(shell pkg-config --libs cmocka) $(LIBS)

unit: $(UNIT)
	@for t in $(UNIT); do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf build build-* demo

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT:%=%.d)
