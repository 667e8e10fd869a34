// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "base/decimal.hpp"

namespace syncline::base {
namespace {

// The active codes of ISO 4217, list one, by the places they have behind the point. Codes without minor units of their own (gold, special
// drawing rights, test codes) are left out: nobody is billed in them, and their exponent is "not applicable".
constexpr std::string_view NoPlaces = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view ThreePlaces = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view FourPlaces = "CLF UYW";
constexpr std::string_view TwoPlaces =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD "
    "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN "
    "QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED "
    "VES WST XCD XCG YER ZAR ZMW ZWG";

constexpr size_t CodesMax = size_t{26} * 26 * 26;

/// Where a code of three letters, in any case, stands in the table; one past its end if it is none.
constexpr size_t index_of(std::string_view code) {
  size_t index = 0;
  for (char c : code) {
    const char letter = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    if (letter < 'A' || letter > 'Z') return CodesMax;
    index = index * 26 + size_t(letter - 'A');
  }
  return index;
}

/// Places of every three-letter code, -1 where there is none: one look-up instead of a search, for it is asked once per amount.
constexpr auto Places = [] {
  std::array<signed char, CodesMax + 1> places{};
  places.fill(-1);
  const auto enter = [&](std::string_view codes, signed char count) {
    for (size_t at = 0; at + 3 <= codes.size(); at += 4) places[index_of(codes.substr(at, 3))] = count;
  };
  enter(NoPlaces, 0);
  enter(ThreePlaces, 3);
  enter(FourPlaces, 4);
  enter(TwoPlaces, 2);
  return places;
}();

}  // namespace

std::optional<int> currency_exponent(std::string_view currency) {
  if (currency.size() != 3) return std::nullopt;
  const signed char places = Places[index_of(currency)];
  return places < 0 ? std::nullopt : std::optional<int>(places);
}

}  // namespace syncline::base
