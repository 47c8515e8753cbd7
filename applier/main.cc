#include "applier/applier_program.h"

int main(int argc, char** argv) {
  return dunlin::run_applier_program({argv + 1, argv + argc});
}
