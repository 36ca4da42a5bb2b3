# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the files of resources/systems as one header, in this order, so that programs carry them. A changed
# file re-runs the configuration.
set(MANTISSA_SYSTEMS_DATA "")
foreach(id IN ITEMS lightnorm restructured_bn flexblock hbfp accuracy_boosters fp8_mellempudi fp8_micikevicius
                    gupta banner qnn discretised ocp_mx micro_exponents msfp fast taxonn comet eie smartdeal complementary_sparsity approxtrain)
  set(file "${PROJECT_SOURCE_DIR}/resources/systems/${id}.json")
  file(READ "${file}" text)
  string(APPEND MANTISSA_SYSTEMS_DATA "    File{\"${id}.json\", R\"data(${text})data\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
endforeach()
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/systems_data.h.in"
               "${PROJECT_BINARY_DIR}/generated/mantissa_systems_data.h" @ONLY)
