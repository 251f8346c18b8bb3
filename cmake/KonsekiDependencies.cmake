# Every foreign library, each argued for in docs/decisions/. Debian packages, and DuckDB from npm (tools/setup puts it into .deps/).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
foreach(image tsk libewf libqcow libvhdi libvmdk libvshadow libbfio) # disk images: docs/decisions
  string(REGEX REPLACE "^lib" "" name ${image})
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${image})
endforeach()
pkg_check_modules(yamlcpp REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(yara REQUIRED IMPORTED_TARGET yara)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(lzma REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)

set(KONSEKI_DEPS ${CMAKE_SOURCE_DIR}/.deps CACHE PATH "Where tools/setup unpacked DuckDB")
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${KONSEKI_DEPS}/duckdb/libduckdb.so
  IMPORTED_NO_SONAME OFF
  INTERFACE_INCLUDE_DIRECTORIES ${KONSEKI_DEPS}/duckdb) # imported: treated as system headers
