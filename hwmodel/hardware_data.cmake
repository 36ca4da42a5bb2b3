# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the tables of resources/hardware that the model reads as one header, so that programs carry them.
# A changed file re-runs the configuration.
set(MANTISSA_HARDWARE_DATA "")
function(mantissa_embed constant path)
  set(file "${PROJECT_SOURCE_DIR}/resources/hardware/${path}")
  file(READ "${file}" text)
  set(MANTISSA_HARDWARE_DATA
      "${MANTISSA_HARDWARE_DATA}inline constexpr std::string_view ${constant} = R\"data(${text})data\";\n" PARENT_SCOPE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
endfunction()
mantissa_embed(kLaws laws.json)
mantissa_embed(kLibraries libraries.json)
mantissa_embed(kSram sram_cacti7.csv)
mantissa_embed(kSynthesis synthesis/nangate45_nom.csv)
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/hardware_data.h.in"
               "${PROJECT_BINARY_DIR}/generated/mantissa_hardware_data.h" @ONLY)
