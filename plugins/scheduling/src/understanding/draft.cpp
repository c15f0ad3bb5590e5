#include "understanding/draft.hpp"
