#include "migue/cpp/plugin.hpp"
