#include "formats/evtx/evtx.hpp"

namespace konseki::evtx {

Result<std::string> render(ByteView, std::uint64_t record_offset, Form, Dictionary const*, Limits const&)
{
    return Error { ErrorCode::unsupported, "evtx.render", record_offset, 0, 0, {} };
}

}
