#!/usr/bin/env bash
# Builds whisper.cpp's static library once, from the source that the pinned npm
# package carries, and prints the folder that holds its include/ and lib/.
#
# The result lies in ${XDG_CACHE_HOME:-~/.cache}/runreel/whisper-<version>, so
# every checkout of a user shares it. WHISPER_PREFIX names an installed copy
# instead; nothing is built then.
set -euo pipefail
unset CDPATH # with it, cd may go elsewhere and print

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
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || { echo "whisper.cpp is built once into a cache, but neither HOME nor XDG_CACHE_HOME is set. Set one of them." >&2; exit 1; }
cache=$cache/runreel
prefix="$cache/whisper-$package-$recipe"

if has_library "$prefix"; then
	echo "$prefix"
	exit
fi

if ! mkdir -p "$cache" || ! exec 9>"$prefix.lock"; then
	echo "whisper.cpp cannot be built: $cache cannot be written. Set XDG_CACHE_HOME to a folder that can." >&2
	exit 1
fi
# Two builds at once: the second finds the work done.
flock -n 9 || { echo "waiting for another build of whisper.cpp" >&2; flock 9; }
if has_library "$prefix"; then
	echo "$prefix"
	exit
fi

# Only the holder of the lock uses this folder, so what is in it was left by a
# build that was killed.
work=$prefix.build
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT
echo "building whisper.cpp (once, about two minutes)" >&2

# fail REASON: shows the end of the log, and tells what to do.
fail() {
	tail -40 "$work/log" >&2
	echo "whisper.cpp $1; the lines above tell why. Run this again afterwards." >&2
	exit 1
}

cp "$here/whisper/package.json" "$here/whisper/package-lock.json" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$work/log" 2>&1 ||
	fail "could not be fetched (is there a network?)"
source="$work/node_modules/nodejs-whisper/cpp/whisper.cpp"

# Not tuned to this very processor: the cache and the program may move to
# another one, where a foreign instruction would kill the worker. Without
# "native", ggml uses AVX2 on x86, which every such processor since 2013 has.
native=OFF
case $(uname -m) in
x86_64 | amd64) grep -qsw avx2 /proc/cpuinfo || native=ON ;;
esac

{
	cmake -S "$source" -B "$work/out" \
		-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$work/prefix" -DCMAKE_INSTALL_LIBDIR=lib \
		-DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=$native -DGGML_CCACHE=OFF \
		-DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_SERVER=OFF &&
		cmake --build "$work/out" --parallel "$(nproc)" &&
		cmake --install "$work/out"
} >"$work/log" 2>&1 || fail "did not build"
has_library "$work/prefix" || fail "built, but without the libraries that runreel links"

rm -rf "$prefix"
mv "$work/prefix" "$prefix"
echo "$prefix"
