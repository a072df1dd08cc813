#!/usr/bin/env bash
# Puts Debian's syslog-ng with the libraries it misses into a folder, without installing it: as a package it cannot stand beside rsyslog.
set -euo pipefail
folder=$1
mkdir -p "$folder/packages"
cd "$folder/packages"
apt-get download -qq syslog-ng-core libivykis0 libnet1 libwrap0 libjson-c5 libpcre3 libglib2.0-0
for package in *.deb; do dpkg -x "$package" "$folder/root"; done
rm -r "$folder/packages"
