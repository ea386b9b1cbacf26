#!/usr/bin/env bash
# Installs what is missing on Debian and Ubuntu; elsewhere, or without the right
# to install, names it and stops. "setup.sh build" is for building and running,
# "setup.sh test" is that and what the tests and the demo need. Where nothing is
# missing it does nothing.
set -euo pipefail
unset CDPATH # with it, cd may go elsewhere and print
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(
	gcc g++ cmake make pkg-config git bash util-linux ca-certificates
	libgtk-3-dev libwebkit2gtk-4.1-dev
	libpulse0 tesseract-ocr tesseract-ocr-eng ffmpeg
)
commands=(gcc g++ cmake pkg-config git flock)
case "${1:-}" in
build) ;;
test)
	packages+=(
		xvfb openbox xdotool xterm zenity x11-utils x11-xserver-utils x11-xkb-utils xauth
		dbus dbus-x11 at-spi2-core pulseaudio pulseaudio-utils espeak-ng sox
		libglib2.0-bin perl chromium poppler-utils qpdf imagemagick curl procps gtk-3-examples gtk-4-examples
		python3-gi python3-pyqt5 gir1.2-gtk-3.0 gir1.2-gtk-4.0 gir1.2-webkit2-4.1
		vim less zsh fish openssh-server openssh-client tmux
		fontconfig fonts-dejavu-core fonts-noto-cjk fonts-noto-color-emoji fonts-urw-base35
		adwaita-icon-theme librsvg2-common
	)
	commands+=(Xvfb openbox xdotool xterm zenity xprop xrandr dbus-daemon gdbus pulseaudio pactl espeak-ng
		chromium pdftotext qpdf curl perl fc-match
		vim less zsh fish sshd ssh tmux gtk3-widget-factory gtk4-demo-application)
	;;
*)
	echo "usage: setup.sh build|test" >&2
	exit 2
	;;
esac

# need WHAT HAVE: says what to install, and what is here instead, and stops.
need() {
	echo "runreel needs $1; $2. Install it, see that it comes first in PATH, and run this again." >&2
	exit 1
}

# Their versions matter, and distributions often carry older ones.
command -v go >/dev/null || need "Go 1.26 or newer (https://go.dev/doc/install)" "there is no go in PATH"
version=$(go env GOVERSION 2>/dev/null) || version=$(GOTOOLCHAIN=local go env GOVERSION)
minor=$(sed -n 's/.*go1\.\([0-9]*\).*/\1/p' <<<"$version")
[ "${minor:-0}" -ge 26 ] || need "Go 1.26 or newer (https://go.dev/doc/install)" "this is $version"
# These are the versions that Vite, its Svelte plugin and ESLint run on.
nodejs="Node.js 20.19, 22.13, 24 or newer (https://nodejs.org/en/download)"
command -v node >/dev/null || need "$nodejs" "there is no node in PATH"
version=$(node --version)
IFS=. read -r major minor _ <<<"${version#v}"
case $major in
20) [ "$minor" -ge 19 ] ;;
22) [ "$minor" -ge 13 ] ;;
*) [ "$major" -ge 24 ] ;;
esac || need "$nodejs" "this is $version"
command -v npm >/dev/null || need "npm, which comes with Node.js" "there is no npm in PATH"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# No apt: the commands tell whether the parts are there, whatever the packages are called.
	missing=()
	for c in "${commands[@]}"; do command -v "$c" >/dev/null || missing+=("$c"); done
	if [ "$(uname -s)" = Linux ]; then
		pkg-config --exists webkit2gtk-4.1 gtk+-3.0 2>/dev/null || missing+=("the headers of GTK 3 and WebKitGTK 4.1")
	fi
	[ ${#missing[@]} -eq 0 ] && exit
	echo "Missing here: ${missing[*]}" >&2
	echo "Install them with this system's package manager; Debian calls the packages: ${packages[*]}" >&2
	exit 1
fi

# find_missing fills missing with the packages that are not installed.
find_missing() {
	local installed p
	installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^.i  *//p')
	missing=()
	for p in "${packages[@]}"; do
		grep -qxF -e "$p" <<<"$installed" && continue
		if [ "$p" = chromium ] && grep -qsxE 'ID="?ubuntu"?' /etc/os-release; then
			command -v chromium >/dev/null || echo "Ubuntu has no package of Chromium, which one test drives: snap install chromium" >&2
			continue
		fi
		missing+=("$p")
	done
}

# give_up REASON: names exactly what is missing, and how to install it.
give_up() {
	echo "$1 As root, run" >&2
	echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
	echo "and then this again." >&2
	exit 1
}

find_missing
[ ${#missing[@]} -eq 0 ] && exit

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || give_up "Packages are missing, and there is no sudo here to install them with."
	as_root=(sudo)
	echo "asking sudo for the right to install ${missing[*]}"
	sudo -n apt-get --version >/dev/null 2>&1 || sudo -v ||
		give_up "Packages are missing, and sudo does not let you install them."
fi

# Two checkouts that are set up at once take turns; the second finds the work done.
exec 8</var/lib/dpkg
flock 8
find_missing
[ ${#missing[@]} -eq 0 ] && exit
echo "installing ${missing[*]}"
# A broken source that has nothing to do with these packages must not stop this:
# the installation itself tells whether they can be had.
"${as_root[@]}" apt-get update -q 8<&- || true
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
	install -y -q --no-install-recommends "${missing[@]}" 8<&- ||
	give_up "The packages could not be installed; apt's own words are above (is there a network?)."
