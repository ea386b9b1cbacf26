#!/usr/bin/env bash
# Builds whisper.cpp's static library once, from the source that the pinned npm
# package carries, and prints the folder that holds its include/ and lib/.
#
# The result lies in ${XDG_CACHE_HOME:-~/.cache}/runreel/whisper-<version>, so
# every checkout of a user shares it. WHISPER_PREFIX names an installed copy
# instead; nothing is built then.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

has_library() {
	[ -e "$1/include/whisper.h" ] && [ -e "$1/lib/libwhisper.a" ] && [ -e "$1/lib/libggml-cpu.a" ]
}

if [ -n "${WHISPER_PREFIX:-}" ]; then
	has_library "$WHISPER_PREFIX" || {
		echo "WHISPER_PREFIX is $WHISPER_PREFIX, which has no include/whisper.h with static libraries in lib/." >&2
		exit 1
	}
	echo "$WHISPER_PREFIX"
	exit
fi

# The name tells package and recipe: raise the recipe whenever a flag below changes.
recipe=1
package=$(sed -n 's/.*"nodejs-whisper": "\([0-9.]*\)".*/\1/p' "$here/whisper/package.json")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/runreel"
prefix="$cache/whisper-$package-$recipe"

if has_library "$prefix"; then
	echo "$prefix"
	exit
fi

mkdir -p "$cache"
exec 9>"$prefix.lock"
flock 9 # two builds at once: the second finds the work done
if has_library "$prefix"; then
	echo "$prefix"
	exit
fi

work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "building whisper.cpp (once, about two minutes)" >&2

cp "$here/whisper/package.json" "$here/whisper/package-lock.json" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
source="$work/node_modules/nodejs-whisper/cpp/whisper.cpp"

# Not tuned to this very processor: the cache and the program may move to
# another one, where a foreign instruction would kill the worker. Without
# "native", ggml uses AVX2 on x86, which every such processor since 2013 has.
native=OFF
case $(uname -m) in
x86_64 | amd64) grep -qsw avx2 /proc/cpuinfo || native=ON ;;
esac

cmake -S "$source" -B "$work/out" \
	-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$work/prefix" -DCMAKE_INSTALL_LIBDIR=lib \
	-DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=$native -DGGML_CCACHE=OFF \
	-DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_SERVER=OFF >"$work/cmake.log" 2>&1 &&
	cmake --build "$work/out" --parallel "$(nproc)" >>"$work/cmake.log" 2>&1 &&
	cmake --install "$work/out" >>"$work/cmake.log" 2>&1 || {
	tail -40 "$work/cmake.log" >&2
	echo "whisper.cpp did not build; the lines above tell why." >&2
	exit 1
}

rm -rf "$prefix"
mv "$work/prefix" "$prefix"
echo "$prefix"
