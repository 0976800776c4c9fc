#!/bin/sh
# The command under valgrind: any error or leak makes it end with status 99.
exec valgrind --quiet --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite,possible --trace-children=no \
	--suppressions="$(dirname "$0")/valgrind.supp" "$WELLHEAD_PROGRAM" "$@"
