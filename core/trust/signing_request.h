#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/trust/key_ring.h"

namespace dunlin {

// What waits for signatures, and what it replaces: goes to the machine that has the keys and comes back as
// one JSON file,
// {"_type":"dunlin-signing-request","format":1,"trusted_root","trusted_targets","root","targets"}, each
// member the text of a TUF file, `root` or `targets` empty when it does not change.
struct SigningRequest {
  std::string trusted_root;     // the newest published root
  std::string trusted_targets;  // the newest published targets; may be empty
  std::string root;             // the next ones, with the signatures they have so far
  std::string targets;
};

std::string to_json(const SigningRequest& request);
// Total; bytes from outside. bad_image with the member's name: form, versions that do not follow.
Result<SigningRequest> parse_signing_request(std::string_view json);

// Signs with every key of the ring that may (those of the old and the new root's roles) and has not. Returns
// how many signatures were added. Failures name the key; what was signed before one stays.
Result<int> add_signatures(SigningRequest& request, KeyRing& ring);

// Takes over the valid signatures of `signed_copy`, another copy of the same request. usage: it is of
// another. Returns how many.
Result<int> merge_signatures(SigningRequest& request, const SigningRequest& signed_copy);

// One line for each threshold that is not reached: "root needs 1 more of the 2 signatures of its old keys
// (…)". Empty: complete.
std::vector<std::string> missing_signatures(const SigningRequest& request);

// What whoever signs agrees to, one line for each change: keys, thresholds, releases, expiry.
std::vector<std::string> describe_changes(const SigningRequest& request);

}  // namespace dunlin
