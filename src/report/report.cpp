#include "report/report.hpp"
#include "os/file.hpp"
#include "report/contents.hpp"
#include "report/page.hpp"

namespace konseki::report {

Result<void> write(store::Case const& source, ReportOptions const& options, std::filesystem::path const& target)
{
    auto const contents = TRY(gather(source, options));
    return os::write_file_atomically(target, as_bytes(html_page(contents)));
}

Result<void> write_json(store::Case const& source, ReportOptions const& options, std::filesystem::path const& target)
{
    auto const contents = TRY(gather(source, options));
    return os::write_file_atomically(target, as_bytes(json_document(contents)));
}

}
