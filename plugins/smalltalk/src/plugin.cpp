#include "smalltalk_plugin.hpp"

MIGUE_PLUGIN(smalltalk::Plugin)
