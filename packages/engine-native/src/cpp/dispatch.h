// Which kernels run.
#pragma once

#include "kernels.h"

namespace archer {

/// The tables that this processor can run, best first; ends with null.
const Kernels* const* available_kernels();

}  // namespace archer
