# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libcommon.a
libcommon_a_SOURCES = \
	common/error.c \
	common/error.h \
	common/file.c \
	common/file.h \
	common/json.c \
	common/json.h \
	common/log.c \
	common/log.h \
	common/module-signature.c \
	common/module-signature.h \
	common/names.c \
	common/names.h \
	common/sha256.c \
	common/sha256.h \
	common/subprocess.c \
	common/subprocess.h
# What a program that uses all of the library links with.
COMMON_LIBS = libcommon.a $(JSON_LIBS) $(CRYPTO_LIBS)
