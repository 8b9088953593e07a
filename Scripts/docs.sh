#!/bin/bash
# Builds the documentation of the products with the toolchain's docc: .build/docs, one archive for all. A warning is an error.
#
#   docs.sh [PRODUCT...]   all products by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift=${SWIFT:-swift}
toolchain=$(dirname "$(readlink -f "$(command -v "$swift")")")
products=(TangoClient TangoServer TangoTesting TangoDatabase TangoGateway)
[[ $# -eq 0 ]] || products=("$@")
work=.build/docs-work
rm -rf "$work" && mkdir -p "$work"

for product in "${products[@]}"; do
    "$swift" build --target "$product"
done
binaries=$("$swift" build --show-bin-path)
target=$("$swift" -print-target-info | sed -n 's/^ *"unversionedTriple": "\(.*\)",*$/\1/p')

# The modules of C targets, which modules of other packages import.
maps=()
while read -r map; do
    maps+=(-Xcc "-fmodule-map-file=$map")
done < <({ find .build/checkouts/*/Sources Sources -name module.modulemap; ls "$binaries"/*.build/module.modulemap; } 2>/dev/null | sort)

archives=()
for product in "${products[@]}"; do
    symbols=$work/$product.symbols
    archive=$work/$product.doccarchive
    mkdir -p "$symbols"
    # TangoClient and TangoServer export what TangoCore declares.
    exported=()
    [[ $product != TangoClient && $product != TangoServer ]] || exported=(-experimental-allowed-reexported-modules=TangoCore)
    "$toolchain/swift-symbolgraph-extract" -module-name "$product" -I "$binaries/Modules" "${maps[@]}" -target "$target" \
        -minimum-access-level public -skip-synthesized-members ${exported[@]+"${exported[@]}"} -output-dir "$symbols"
    "$toolchain/docc" convert "Sources/$product/$product.docc" --additional-symbol-graph-dir "$symbols" --output-path "$archive" \
        --fallback-display-name "$product" --fallback-bundle-identifier "swift-tango.$product" --warnings-as-errors
    archives+=("$archive")
done
rm -rf .build/docs
"$toolchain/docc" merge "${archives[@]}" --output-path .build/docs --synthesized-landing-page-name swift-tango
echo "built .build/docs; read it with: python3 -m http.server --directory .build/docs"
