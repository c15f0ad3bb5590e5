#pragma once
#include "migue/cpp/plugin.hpp"
#include "settings.hpp"
#include "understanding/model/second_reader.hpp"

namespace scheduling::model {

/// POST /reading, for operators who tune: {"text","intent","now_unix_ms","tz","locale"} →
/// {"rules":…,"model":{"asked","end","ms","tokens","invented","reasons","from"},"reading":…}
/// with readings as in ext/understand.h. The model is asked whether the rules are unsure or
/// not ("reasons" is empty then), and on nobody's budget. Nothing is kept or booked.
[[nodiscard]] migue::Task<migue::RouteReply> serve_reading(const migue::Services& services,
                                                           const Settings& settings, SecondReader& reader,
                                                           const migue::RouteRequest& request);

}  // namespace scheduling::model
