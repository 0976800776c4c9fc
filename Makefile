# Wellhead. GNU make; `make help` lists the targets.

BUILD ?= build
PREFIX ?= /usr/local
VERSION := 0.1.0

PKGS := sqlite3 libgit2 zlib libsodium jansson expat xlsxwriter
WARN := -Wall -Wextra -Werror -Wshadow -Wconversion -Wvla -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef
OPT ?= -O2 -g
SAN ?=
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' \
	-Inode -Icrypto -Isync -include node/base/banned.h
# A limit that Debian has backported; as an enumerator, it must be looked for.
GIT2_H := $(shell pkg-config --variable=includedir libgit2)/git2/common.h
ifneq ($(shell grep -s GIT_OPT_SET_PACK_MAX_OBJECT_SIZE $(GIT2_H)),)
CPPFLAGS += -DHAVE_PACK_MAX_OBJECT_SIZE
endif
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(SAN) -fstack-protector-strong \
	$(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lm

LIB_SRC := $(wildcard node/base/*.c node/*.c crypto/*.c sync/*.c)
CLI_SRC := $(wildcard cli/*.c)
CATALOGUE := $(sort $(wildcard node/catalogue/*.json))
REPORTS := $(sort $(wildcard node/report/*.json))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/catalogue_json.o \
	$(BUILD)/obj/report_json.o
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
LIB := $(BUILD)/libwellhead.a
PROG := $(BUILD)/wellhead
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
PO := $(wildcard cli/po/*.po)
MO := $(PO:cli/po/%.po=$(BUILD)/locale/%/LC_MESSAGES/wellhead.mo)

.PHONY: all demo check unit unit-programs asan ubsan valgrind fuzz fuzzers \
	bench lint po install clean deps deps-check help
.DELETE_ON_ERROR:

all: $(PROG) $(MO)

# This library's headers use words that banned.h takes away.
$(BUILD)/obj/cli/xlsx.o: CPPFLAGS := -include xlsxwriter.h $(CPPFLAGS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# JSON files as C string tables: name, text.
$(BUILD)/catalogue_json.c: $(CATALOGUE) node/catalogue/embed.sh
	@mkdir -p $(@D)
	@sh node/catalogue/embed.sh catalogue $(CATALOGUE) >$@

$(BUILD)/report_json.c: $(REPORTS) node/catalogue/embed.sh
	@mkdir -p $(@D)
	@sh node/catalogue/embed.sh report $(REPORTS) >$@

$(BUILD)/obj/%_json.o: $(BUILD)/%_json.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(PROG): $(CLI_OBJ) $(LIB)
	@echo "  ld  $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(CLI_OBJ) $(LIB) $(LIBS)

$(BUILD)/locale/%/LC_MESSAGES/wellhead.mo: cli/po/%.po
	@mkdir -p $(@D)
	@msgfmt --check -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  ld  $@"
	@$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS_ALL) $(LDFLAGS) -MMD -MP -o $@ \
		$< $(LIB) $(shell pkg-config --libs cmocka) $(LIBS)

# What the tests and the demo need beside the program's own libraries.
DEB := gcc make pkg-config libsqlite3-dev libgit2-dev zlib1g-dev \
	libsodium-dev libjansson-dev libexpat1-dev libxlsxwriter-dev \
	libcmocka-dev gettext bats git openssh-client openssh-server sqlite3 \
	jq libxml2-utils unzip python3 openssl lighttpd lighttpd-mod-openssl
DEB_CHECK := clang clang-tidy cppcheck valgrind

# Install the Debian packages that are missing, and say what is done.
deps:
	@sh tests/deps.sh $(DEB)

deps-check: deps
	@sh tests/deps.sh $(DEB_CHECK)

demo: deps
	@$(MAKE) --no-print-directory all
	@bash tests/demo.sh

# All tests. The last line is "N passed, N failed".
check: deps
	@$(MAKE) --no-print-directory all $(UNIT)
	@bash tests/run.sh $(BUILD)

unit: $(UNIT)
	@bash tests/run.sh $(BUILD) unit

ASAN := BUILD=build-asan OPT='-O1 -g' \
	SAN='-fsanitize=address -fno-omit-frame-pointer'
UBSAN := BUILD=build-ubsan OPT='-O1 -g' \
	SAN='-fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all'

asan: deps
	@$(MAKE) --no-print-directory $(ASAN) all unit-programs
	@bash tests/run.sh build-asan

ubsan: deps
	@$(MAKE) --no-print-directory $(UBSAN) all unit-programs
	@bash tests/run.sh build-ubsan

unit-programs: $(UNIT)

# The command tests once more under valgrind.
valgrind: deps-check
	@$(MAKE) --no-print-directory all
	@bash tests/run.sh $(BUILD) valgrind

# libFuzzer over every decoder; RUNS executions each. The corpora under
# tests/fuzz/corpus/ are replayed first.
RUNS ?= 200000
fuzz: deps-check
	@$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang OPT='-O1 -g' \
		SAN='-fsanitize=fuzzer-no-link,address,undefined' fuzzers
	@bash tests/fuzz/run.sh build-fuzz $(RUNS)

fuzzers: $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -fsanitize=fuzzer -Wno-missing-prototypes \
		-o $@ $< $(LIB) $(LIBS)

# Speed and size beside the raw libraries, as ratios.
bench: deps
	@$(MAKE) --no-print-directory all $(BUILD)/bench
	@bash tests/bench/run.sh $(BUILD)

$(BUILD)/bench: $(wildcard tests/bench/*.c) $(LIB)
	@echo "  ld  $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -Itests/bench -o $@ tests/bench/*.c \
		$(LIB) $(LIBS)

lint: deps-check
	@sh tests/lint.sh $(LIB_SRC) $(CLI_SRC)

# Collect the program's sentences into cli/po/.
po:
	xgettext --keyword=_ --keyword=N_ --from-code=UTF-8 --sort-by-file \
		--no-location --package-name=wellhead -o cli/po/wellhead.pot \
		node/base/*.[ch] node/*.[ch] crypto/*.c sync/*.c cli/*.c
	msgmerge --quiet --update --backup=none --no-fuzzy-matching \
		cli/po/zh_CN.po cli/po/wellhead.pot
	rm -f cli/po/wellhead.pot

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/locale/zh_CN/LC_MESSAGES
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/wellhead
	install -m 644 docs/wellhead.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 $(MO) \
		$(DESTDIR)$(PREFIX)/share/locale/zh_CN/LC_MESSAGES/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for u in docs/systemd/*.service; do \
		sed 's|/usr/local/|$(PREFIX)/|' "$$u" \
		>"$(DESTDIR)$(PREFIX)/lib/systemd/system/$${u##*/}" || exit 1; \
	done

clean:
	rm -rf build build-* demo

help:
	@echo "all demo check asan ubsan valgrind fuzz bench lint install clean deps"

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT:%=%.d)
