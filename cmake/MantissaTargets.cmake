# SPDX-License-Identifier: GPL-3.0-or-later
# One place for compiler settings, so that no target sets its own.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(MANTISSA_CCACHE ccache)
if(MANTISSA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${MANTISSA_CCACHE}")
endif()

find_package(Threads REQUIRED)

add_library(mantissa_settings INTERFACE)
target_include_directories(mantissa_settings INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
# -ffp-contract=off: a fused multiply-add appears only where the source says so, or results would differ
# from machine to machine.
target_compile_options(mantissa_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -ffp-contract=off $<$<BOOL:${MANTISSA_WERROR}>:-Werror>
  # g++ 12 warns of its own std::string at -O3 (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_link_libraries(mantissa_settings INTERFACE Threads::Threads)
if(MANTISSA_SANITIZE)
  # g++ warns of members that instrumented code only seems to leave unset (its manual says so).
  target_compile_options(mantissa_settings INTERFACE
    -fsanitize=${MANTISSA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(mantissa_settings INTERFACE -fsanitize=${MANTISSA_SANITIZE})
endif()

configure_file("${PROJECT_SOURCE_DIR}/cmake/version.h.in" "${PROJECT_BINARY_DIR}/generated/mantissa_version.h" @ONLY)

# mantissa_library(<name> SOURCES ... LINK ... [PRIVATE_LINK ...]): a static library of ours.
function(mantissa_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC mantissa_settings ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# Tests spend their time in what they test: compiling them well takes longer than it saves.
function(mantissa_test_options name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
endfunction()

# mantissa_gtest(<name> SOURCES ... LINK ... [LABELS ...]): a GoogleTest program, one ctest entry a test case.
function(mantissa_gtest name)
  if(NOT MANTISSA_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mantissa_settings ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    MANTISSA_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MANTISSA_TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data")
  mantissa_test_options(${name})
  list(LENGTH ARG_SOURCES sources)
  if(sources GREATER 4)  # below, reading the headers anew costs less
    target_precompile_headers(${name} PRIVATE <gmock/gmock.h>)
  endif()
  set(properties TIMEOUT 600)
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()

# mantissa_qtest(<name> SOURCES ... LINK ...): a QTest program, run on the offscreen platform.
function(mantissa_qtest name)
  if(NOT MANTISSA_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  mantissa_test_options(${name})
  target_link_libraries(${name} PRIVATE mantissa_settings ${ARG_LINK} Qt6::Test)
  target_compile_definitions(${name} PRIVATE
    MANTISSA_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MANTISSA_TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS gui TIMEOUT 600 ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()

# mantissa_benchmark(<name> SOURCES ... LINK ...): a Google Benchmark program; never part of the tests.
function(mantissa_benchmark name)
  if(NOT MANTISSA_BENCHMARKS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mantissa_settings ${ARG_LINK} benchmark::benchmark benchmark::benchmark_main)
endfunction()
