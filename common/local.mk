noinst_LIBRARIES += libcommon.a
libcommon_a_SOURCES = \
	common/error.c \
	common/error.h
