// Which kernels run.
#pragma once

#include "kernels.h"

namespace archer {

/// The tables that this processor can run, best first; ends with null.
const Kernels* const* available_kernels();

/// Those that multiply bf16 numbers; ends with null, possibly at once.
const Kernels* const* available_bf16_kernels();

}  // namespace archer
