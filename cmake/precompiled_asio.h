// As precompiled.h, for folders whose files run on the event loop.
#pragma once
#include "cmake/precompiled.h"
#include "core/base/asio.h"
