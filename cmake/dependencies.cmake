# Every library comes from Debian 12; docs/dependencies.md says why each one is here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
# The compression libraries are linked in: what re-encoded bytes look like must not change with an upgrade of a shared
# library (docs/decisions/0009-pinned-codecs.md).
set(PINNED_CODECS "")
foreach(CODEC zstd lz4 lzma z lzo2)
  find_library(PINNED_${CODEC} lib${CODEC}.a REQUIRED)
  list(APPEND PINNED_CODECS ${PINNED_${CODEC}})
endforeach()
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(DIVSUFSORT REQUIRED IMPORTED_TARGET libdivsufsort)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(TORRENT REQUIRED IMPORTED_TARGET libtorrent-rasterbar)
pkg_check_modules(UBOOTENV REQUIRED IMPORTED_TARGET libubootenv)


# Asio is compiled once (core/base/asio_impl.cc) and with the same macros as Debian's libtorrent, whose session
# runs on our io_context: different macros would be two layouts of one class.
add_library(dunlin_asio INTERFACE)
target_compile_definitions(dunlin_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_ENABLE_CANCELIO BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(dunlin_asio INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
