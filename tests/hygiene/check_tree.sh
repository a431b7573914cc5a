#!/usr/bin/env bash
# Seam C9: the tree keeps the rules that a compiler cannot check. Usage: check_tree.sh REPOSITORY
#   - includes follow the table in section 4 of src/README.md (read from there, so the table cannot rot)
#   - every folder of src has a README.md and a row in the table
#   - no source file above 400 lines, no folder named utils, common or misc
#   - only cli and report print
# Prints one line per violation; exit 1 when there is any.
set -euo pipefail
cd "${1:?usage: check_tree.sh REPOSITORY}"

violations=$(mktemp)
trap 'rm -f "$violations"' EXIT
say() { echo "$*" >>"$violations"; }

sources() { find "$@" \( -name '*.cpp' -o -name '*.hpp' \) -print | LC_ALL=C sort; }

# ---- the include table: lines "folder allowed"; a remark "(x: + y)" adds y for folder x only ----
table=$(awk -F'|' '
    /^## 4\./ { inside = 1; next }
    /^## /    { inside = 0 }
    inside && NF >= 4 && $2 !~ /folder|---/ {
        rest = $3
        while (match(rest, /\([a-z]+: \+ [^)]*\)/)) {
            remark = substr(rest, RSTART + 1, RLENGTH - 2)
            rest = substr(rest, 1, RSTART - 1) substr(rest, RSTART + RLENGTH)
            split(remark, part, /: \+ /)
            print part[1], part[2]
        }
        gsub(/[()+]/, " ", rest)
        n = split($2, folder, /[ ,]+/)
        m = split(rest, allowed, /[ ,]+/)
        for (i = 1; i <= n; ++i) {
            if (folder[i] == "") continue
            print folder[i], folder[i]
            for (j = 1; j <= m; ++j) if (allowed[j] ~ /^[A-Za-z_0-9]+$/) print folder[i], allowed[j]
        }
    }' src/README.md)
[ "$(wc -l <<<"$table")" -gt 30 ] || say "src/README.md: the table of section 4 was not found"

for folder in src/*/; do
    name=$(basename "$folder")
    [ -f "$folder/README.md" ] || say "$folder: no README.md"
    grep -qx "$name $name" <<<"$table" || say "$folder: no row in the table of src/README.md section 4"
done

sources src | while read -r file; do
    folder=$(cut -d/ -f2 <<<"$file")
    grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" | while IFS= read -r line; do
        number=${line%%:*}
        target=$(sed -E 's/^[^"<]*["<]([^">]*)[">].*/\1/' <<<"$line")
        case $line in
        *'"'*)
            case $target in
            ../* | */../*) say "$file:$number: parent-relative include $target" && continue ;;
            */*) used=${target%%/*} ;;
            *) say "$file:$number: $target must be included as folder/$target" && continue ;;
            esac
            [ -f "src/$target" ] || say "$file:$number: there is no src/$target"
            ;;
        *'<Eigen/'*) used=Eigen ;;
        *'<nlohmann/'*) used=nlohmann_json ;;
        *'<CLI/'*) used=CLI11 ;;
        *) continue ;;
        esac
        grep -qxE "$folder ($used|all)" <<<"$table" || say "$file:$number: $folder may not include $used"
    done || true
done

sources src $(ls -d tests sim 2>/dev/null || true) | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || say "$file: $lines lines, 400 are allowed"
done

find . -path './build*' -prune -o -type d \( -name utils -o -name common -o -name misc \) -print |
    while read -r folder; do say "$folder: a folder needs a name that says what is in it"; done

sources src | grep -vE '^src/(cli|report)/' | while read -r file; do
    grep -nE 'std::(cout|cerr|clog)|(^|[^a-z_n])(std::)?f?printf[[:space:]]*\(|(^|[^a-z_])f?puts[[:space:]]*\(' "$file" |
        while IFS= read -r line; do say "$file:${line%%:*}: only cli and report print"; done || true
done

if [ -s "$violations" ]; then
    cat "$violations"
    exit 1
fi
