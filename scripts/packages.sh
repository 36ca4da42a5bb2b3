# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Debian 12 packages that Mantissa needs, and how missing ones are installed. Sourced, not run.

packages_build=(
  build-essential cmake ninja-build ccache pkg-config
  libexpected-dev nlohmann-json3-dev libcli11-dev libsqlite3-dev libsqlitecpp-dev zlib1g-dev
  libxxhash-dev libhwy-dev librandom123-dev
  qt6-base-dev qt6-svg-dev libqcustomplot-dev
  dataset-fashion-mnist
)
packages_run=(fonts-dejavu-core)
packages_test=(libgtest-dev libgmock-dev librapidcheck-dev libvalijson-dev)
packages_bench=(libbenchmark-dev python3-torch)
packages_lint=(clang-14 clang-tidy-14 clang-format-14)
packages_screenshot=(xvfb xauth)

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || printf '%s\n' "$name"
  done
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
      echo "error: these packages are missing: ${missing[*]}" >&2
      echo "       install them as root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    run=(sudo)
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${run[@]}" apt-get update -qq || echo "warning: the package lists could not be refreshed" >&2
  for name in "${missing[@]}"; do
    if [[ -z "$(apt-cache policy "$name" 2>/dev/null | sed -n 's/^  Candidate: \((none)\)\?//p')" ]]; then
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
