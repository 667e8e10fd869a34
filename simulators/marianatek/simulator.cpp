// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/simulator.hpp"
