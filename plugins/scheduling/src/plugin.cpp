#include "scheduling_plugin.hpp"

MIGUE_PLUGIN(scheduling::Plugin)
