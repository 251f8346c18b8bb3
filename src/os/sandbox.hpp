// The walls of a worker: system call filter, resource limits, no descriptors but the channel.
// Not a policy for the parent: it applies to the calling process, for good.
#pragma once
#include "base/result.hpp"
#include "os/worker.hpp"

namespace konseki::os {

// Called in the forked child, before it sees evidence. Everything but the channel and the standard descriptors is
// closed; the channel becomes descriptor 3.
Result<Descriptor> enter_sandbox(Descriptor channel, int null_device, WorkerOptions const& options);

}
