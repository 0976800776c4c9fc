#!/bin/sh
# Print a C file that holds the given JSON files:
#   const struct embedded catalogue_files[] = { {"person.json", "...", n}, ... }
# Usage: embed.sh FILE.json...
set -eu
echo '#include "catalogue_json.h"'
echo 'const struct embedded catalogue_files[] = {'
for f in "$@"; do
	printf '{ "%s",\n' "$(basename "$f")"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
	echo '},'
done
echo '};'
printf 'const size_t ncatalogue_files = %d;\n' "$#"
