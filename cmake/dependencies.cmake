# Every library comes from Debian 12; docs/dependencies.md says why each one is here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(TORRENT REQUIRED IMPORTED_TARGET libtorrent-rasterbar)
pkg_check_modules(UBOOTENV REQUIRED IMPORTED_TARGET libubootenv)


# Asio is compiled once (core/base/asio_impl.cc) and with the same macros as Debian's libtorrent, whose session
# runs on our io_context: different macros would be two layouts of one class.
add_library(dunlin_asio INTERFACE)
target_compile_definitions(dunlin_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_ENABLE_CANCELIO BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(dunlin_asio INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
