#!/bin/sh
# Print a C file that holds the given JSON files:
#   const struct embedded NAME_files[] = { {"person.json", "..."}, ... }
# Usage: embed.sh NAME FILE.json...
set -eu
name=$1
shift
echo '#include "catalogue_json.h"'
echo "const struct embedded ${name}_files[] = {"
for f in "$@"; do
	printf '{ "%s",\n' "$(basename "$f")"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
	echo '},'
done
echo '};'
printf 'const size_t n%s_files = %d;\n' "$name" "$#"
