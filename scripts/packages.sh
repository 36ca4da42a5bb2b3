# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# Debian 12 packages that Mantissa needs, and how missing ones are installed. Sourced, not run.

packages_build=(
  build-essential cmake ninja-build ccache pkg-config
  libexpected-dev nlohmann-json3-dev libcli11-dev libsqlite3-dev libsqlitecpp-dev zlib1g-dev
  libzip-dev libpng-dev libturbojpeg0-dev
  libxxhash-dev libhwy-dev librandom123-dev
  qt6-base-dev qt6-svg-dev libqcustomplot-dev
  dataset-fashion-mnist
)
# qt6-wayland: without it the window cannot open in a session that has no X server.
packages_run=(fonts-dejavu-core qt6-wayland)
packages_test=(libgtest-dev libgmock-dev librapidcheck-dev libvalijson-dev)
packages_bench=(libbenchmark-dev python3-torch)
packages_lint=(clang-14 clang-tidy-14 clang-format-14)

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || printf '%s\n' "$name"
  done
}

# package_available NAME: whether a configured source offers it. Where none does, apt-cache prints "(none)" or nothing.
package_available() {
  local candidate
  candidate=$(LC_ALL=C LANGUAGE=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p' | head -n 1)
  [[ -n $candidate && $candidate != '(none)' ]]
}

# install_packages NAME...: installs what is missing, as root or through sudo; does nothing otherwise.
install_packages() {
  local missing=() run=() name
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    echo "error: these packages are missing and there is no apt-get to install them: ${missing[*]}" >&2
    return 1
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "error: these packages are missing, and you are neither root nor is there sudo: ${missing[*]}" >&2
      echo "       Ask an administrator to run the following line once, then start this script again:" >&2
      echo "       apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
      return 1
    fi
    run=(sudo)
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${run[@]}" apt-get update -qq || echo "warning: the package lists could not be refreshed" >&2
  for name in "${missing[@]}"; do
    if ! package_available "$name"; then
      echo "error: the package '$name' cannot be had: no configured Debian source offers it." >&2
      echo "       Mantissa needs Debian 12 (bookworm) with its 'main' section; see 'apt-cache policy'." >&2
      return 1
    fi
  done
  if ! "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "error: apt-get could not install: ${missing[*]}" >&2
    echo "       try 'apt-get install ${missing[*]}' by hand to see why." >&2
    return 1
  fi
}
