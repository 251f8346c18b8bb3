# Warnings, hardening and sanitizer-independent flags, on one interface target that every target of ours links.
add_library(konseki_flags INTERFACE)
target_compile_options(konseki_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Wimplicit-fallthrough
  -Werror -Wno-gnu-statement-expression-from-macro-expansion -fno-strict-aliasing)
target_compile_definitions(konseki_flags INTERFACE _GLIBCXX_ASSERTIONS KONSEKI_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # statement expressions are TRY's; [[clang::…]] is clang's
  target_compile_options(konseki_flags INTERFACE -Wno-pedantic -Wno-attributes=clang::)
else()
  target_compile_options(konseki_flags INTERFACE -Wno-gnu-statement-expression -Wthread-safety)
endif()
target_include_directories(konseki_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
