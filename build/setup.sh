#!/usr/bin/env bash
# Installs what is missing on Debian and Ubuntu; elsewhere, or without the right
# to install, names it and stops. "setup.sh build" is for building and running,
# "setup.sh test" adds what the tests and the demo need. Where nothing is missing
# it does nothing.
set -euo pipefail

case "${1:-}" in
build) packages=(
	gcc g++ cmake make pkg-config git bash util-linux
	libgtk-3-dev libwebkit2gtk-4.1-dev
	libpulse0 tesseract-ocr tesseract-ocr-eng ffmpeg
) ;;
test) packages=(
	xvfb openbox xdotool xterm zenity x11-utils x11-xserver-utils x11-xkb-utils xauth
	dbus dbus-x11 at-spi2-core pulseaudio pulseaudio-utils espeak-ng sox
	libglib2.0-bin perl chromium poppler-utils qpdf imagemagick curl procps gtk-3-examples
	fontconfig fonts-dejavu-core fonts-noto-cjk fonts-noto-color-emoji fonts-urw-base35
	adwaita-icon-theme librsvg2-common
) ;;
*)
	echo "usage: setup.sh build|test" >&2
	exit 2
	;;
esac

# Their versions matter, and distributions often carry older ones.
need_tool() {
	command -v "$1" >/dev/null && return
	echo "runreel needs $2. Install it and run this again." >&2
	exit 1
}
need_tool go "Go 1.26 or newer"
need_tool node "Node.js 20.19 or newer"
need_tool npm "npm, which comes with Node.js"
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
	echo "runreel needs Node.js 20.19 or newer; this is $(node --version)." >&2
	exit 1
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# No apt: the commands tell whether the parts are there, whatever the packages are called.
	case $1 in
	build) commands=(gcc g++ cmake pkg-config git flock) ;;
	test) commands=(Xvfb openbox xdotool xterm zenity xprop xrandr dbus-run-session pulseaudio pactl espeak-ng sox pdftotext qpdf curl fc-match) ;;
	esac
	missing=()
	for c in "${commands[@]}"; do command -v "$c" >/dev/null || missing+=("$c"); done
	if [ "$1" = build ] && [ "$(uname -s)" = Linux ]; then
		pkg-config --exists webkit2gtk-4.1 gtk+-3.0 2>/dev/null || missing+=("the headers of GTK 3 and WebKitGTK 4.1")
	fi
	[ ${#missing[@]} -eq 0 ] && exit
	echo "Missing here: ${missing[*]}" >&2
	echo "Install them with this system's package manager; Debian calls the packages: ${packages[*]}" >&2
	exit 1
fi

installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii  *//p')
missing=()
for p in "${packages[@]}"; do
	grep -qxF "$p" <<<"$installed" && continue
	# Ubuntu has Chromium outside apt.
	[ "$p" = chromium ] && command -v chromium chromium-browser google-chrome >/dev/null && continue
	missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Missing packages. As root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
