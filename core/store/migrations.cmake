# SPDX-License-Identifier: GPL-3.0-or-later
# Writes migrations/NNNN_*.sql as one header: a table of (version, SQL), so that the program carries
# its schema. A changed or new file re-runs the configuration.
file(GLOB migration_files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/migrations/[0-9][0-9][0-9][0-9]_*.sql")
list(SORT migration_files)
set(MANTISSA_MIGRATIONS "")
set(expected 0)
foreach(file IN LISTS migration_files)
  math(EXPR expected "${expected} + 1")
  get_filename_component(name "${file}" NAME)
  string(SUBSTRING "${name}" 0 4 number)
  math(EXPR version "1${number} - 10000")  # a leading zero must not mean octal
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "Migration ${name} should have number ${expected}")
  endif()
  file(READ "${file}" sql)
  string(APPEND MANTISSA_MIGRATIONS "    {${version}, R\"sql(${sql})sql\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
endforeach()
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/migrations.h.in"
               "${PROJECT_BINARY_DIR}/generated/mantissa_migrations.h" @ONLY)
