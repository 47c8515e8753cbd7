#include <cstdio>

#include "seeder/pack_commands.h"
#include "seeder/pack_file.h"
#include "seeder/pack_view.h"

namespace dunlin {

int run_pack_inspect(const PackInspectOptions& options, SeederMachine machine) {
  Result<PackFile> pack = PackFile::open(machine.disk, options.pack);
  if (!pack) return report_failure(pack.error());
  const PackSummary summary = summarise(pack->header, pack->table, pack_map_columns * pack_map_rows_max);
  const std::string text = options.form == OutputForm::json ? to_json(pack->header, summary)
                                                            : to_text(options.pack, pack->header, summary);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace dunlin
