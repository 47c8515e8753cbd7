#pragma once
#include "applier/client/applier_client.h"
#include "node/repository.h"

namespace dunlin {

enum class BundleVerdict {
  install,
  runs_already,  // the booted slot holds this very release
};

// Pure: what a device does with the verified release of a bundle. Failures say which rule it breaks here, as
// check_release does; usage also when the device runs a newer one.
Result<BundleVerdict> judge_bundle(const ReleaseOffer& offer, const ApplierStatus& applier);

// Pure: why a bundle's metadata is refused, in the words of somebody who holds the bundle in the hand.
Error explain_bundle_failure(Error error);

}  // namespace dunlin
