#include "core/base/toml_reader.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

TomlReader reader_of(std::string_view text) {
  Result<TomlReader> reader = TomlReader::parse(text, "x.toml");
  EXPECT_TRUE(reader) << reader.error().message;
  return *reader;
}

std::string verdict(TomlReader& reader) {
  Result<void> finished = reader.finish();
  return finished ? "" : finished.error().message;
}

TEST(TomlReader, ReadsTablesOfTables) {
  TomlReader top = reader_of("[[slot]]\nname = \"a\"\n[[slot]]\nname = \"b\"\n[[slot.file]]\nsize = 3\n");

  std::vector<TomlReader> slots = top.tables("slot");
  ASSERT_EQ(slots.size(), 2U);
  std::string first, second;
  std::int64_t size = 0;
  slots[0].text("name", first);
  slots[1].text("name", second);
  for (TomlReader& file : slots[1].tables("file")) file.integer("size", 0, 9, size);

  EXPECT_EQ(first, "a");
  EXPECT_EQ(second, "b");
  EXPECT_EQ(size, 3);
  EXPECT_EQ(verdict(top), "");
}

TEST(TomlReader, LeavesWhatIsMissingAlone) {
  TomlReader top = reader_of("");
  std::string text = "before";
  std::vector<std::int64_t> numbers = {4};

  top.table("a").text("text", text);
  top.integer_list("numbers", 0, 9, numbers);

  EXPECT_FALSE(top.table("a").is_there());
  EXPECT_TRUE(top.tables("list").empty());
  EXPECT_EQ(text, "before");
  EXPECT_EQ(numbers, std::vector<std::int64_t>{4});
  EXPECT_EQ(verdict(top), "");
}

TEST(TomlReader, NamesAnUnknownKeyBelowATable) {
  TomlReader top = reader_of("[a]\n[a.b]\nx = 1\n");

  std::int64_t colour = 0;
  top.table("a").table("b").integer("colour", 0, 9, colour);

  EXPECT_EQ(verdict(top), "x.toml:3: unknown key `x` in [b]; known keys: colour");
}

TEST(TomlReader, NamesAMisspeltKeyBeforeTheOneItShouldHaveBeen) {
  TomlReader top = reader_of("nam = \"a\"\n");
  std::string name;

  top.require("name", "who it is");
  top.text("name", name);

  EXPECT_EQ(verdict(top), "x.toml:1: unknown key `nam`; did you mean `name`?");
}

TEST(TomlReader, KeepsTheFirstFailureOfAllTables) {
  TomlReader top = reader_of("[a]\nn = 1\n[b]\nn = 1\n");

  top.table("b").reject("n", "is wrong");
  top.table("a").reject("n", "is wrong too");
  std::int64_t n = 0;
  top.table("a").integer("n", 0, 9, n);
  top.table("b").integer("n", 0, 9, n);

  EXPECT_EQ(verdict(top), "x.toml:4: `n` in [b] is wrong");
}

TEST(TomlReader, RefusesListsOfTheWrongKind) {
  for (const std::string text : {"l = 3\n", "l = [\"x\"]\n", "l = [10]\n"}) {
    TomlReader top = reader_of(text);
    std::vector<std::int64_t> numbers;
    top.integer_list("l", 0, 9, numbers);
    EXPECT_EQ(verdict(top), "x.toml:1: `l` must be a list of whole numbers from 0 to 9");
  }
  TomlReader top = reader_of("l = [1]\n");
  EXPECT_EQ(top.tables("l").size(), 1U);
  EXPECT_EQ(verdict(top), "x.toml:1: `l` must be a list of tables: [[l]]");
}

TEST(TomlReader, SurvivesTextOnWhichTheLibraryAsserts) {
  for (const char* text : {"[#", "[", "[[", "[a.#", "a = [#", "a.#", "\"", "a = {#"}) {
    Result<TomlReader> reader = TomlReader::parse(text, "x.toml");
    ASSERT_FALSE(reader) << text;
    EXPECT_EQ(reader.error().kind, ErrorKind::usage);
    EXPECT_THAT(reader.error().message, testing::StartsWith("x.toml"));
  }
}

TEST(NearestKey, IsEmptyWhenNothingIsClose) {
  EXPECT_EQ(nearest_key("colour", {"site", "socket"}), "");
  EXPECT_EQ(nearest_key("sokcet", {"site", "socket"}), "socket");
}

}  // namespace
}  // namespace dunlin
