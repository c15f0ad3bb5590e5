#include "booking/free_slots.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using std::chrono::minutes;

constexpr minutes kStep{30};
constexpr minutes kLeastApart{60};
constexpr int kDaysAround = 14;
constexpr std::size_t kEnoughWhole = 3;

bool is_free(LocalSpan slot, const std::vector<LocalSpan>& busy) {
    return std::none_of(busy.begin(), busy.end(), [&](const LocalSpan& taken) {
        return taken.begin < slot.end && slot.begin < taken.end;
    });
}

bool is_weekend(date::local_days day) {
    const date::weekday weekday(day);
    return weekday == date::Saturday || weekday == date::Sunday;
}

/// Free slots of one day inside working hours, by distance from `wanted`, earlier first.
std::vector<LocalSpan> of_day(date::local_days day, LocalMinutes wanted, const SlotWish& wish,
                              const std::vector<LocalSpan>& busy) {
    std::vector<LocalSpan> slots;
    const LocalMinutes closing = day + wish.work_end;
    for (LocalMinutes begin = day + wish.work_begin; begin + wish.length <= closing; begin += kStep) {
        const LocalSpan slot{begin, begin + wish.length};
        if (begin < wish.now || begin < wish.earliest || slot.end > wish.latest) continue;
        if (is_free(slot, busy)) slots.push_back(slot);
    }
    std::stable_sort(slots.begin(), slots.end(), [&](const LocalSpan& a, const LocalSpan& b) {
        return std::chrono::abs(a.begin - wanted) < std::chrono::abs(b.begin - wanted);
    });
    return slots;
}

}  // namespace

std::vector<LocalSpan> free_slots(const SlotWish& wish, const std::vector<LocalSpan>& busy) {
    const auto wanted_day = day_of(wish.wanted);
    const minutes wanted_time = wish.wanted - wanted_day;
    std::vector<LocalSpan> found = of_day(wanted_day, wish.wanted, wish, busy);
    if (found.size() > wish.most_that_day) found.resize(wish.most_that_day);
    const bool one_day = day_of(wish.earliest) == wanted_day && wish.latest != LocalMinutes::max() &&
                         wish.latest <= wanted_day + date::days(1);
    if (one_day) found = of_day(wanted_day, wish.wanted, wish, busy);
    for (int away = 1; away <= kDaysAround && found.size() < wish.limit && !one_day; ++away) {
        for (const int sign : {1, -1}) {
            const auto day = wanted_day + date::days(sign * away);
            if (is_weekend(day) && !is_weekend(wanted_day)) continue;
            const std::vector<LocalSpan> slots = of_day(day, day + wanted_time, wish, busy);
            const std::size_t some = std::min(slots.size(), wish.most_other_days);
            found.insert(found.end(), slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(some));
        }
    }
    if (found.size() > wish.limit) found.resize(wish.limit);
    return found;
}

std::vector<LocalSpan> spread_slots(const SlotWish& wish, LocalSpan within,
                                    const std::vector<LocalSpan>& busy) {
    SlotWish bounded = wish;
    const auto day = day_of(within.begin);
    bounded.work_begin = within.begin - day;
    bounded.work_end = within.end - day;
    // Early, late morning and afternoon of a day from 9 to 18: 9:30, 11:00, 15:00.
    const auto length = within.end - within.begin;
    const std::array<minutes, 3> targets{length / 18, length * 4 / 18, length * 12 / 18};
    std::vector<LocalSpan> chosen;
    for (const minutes target : targets) {
        for (const LocalSpan& slot : of_day(day, within.begin + target, bounded, busy)) {
            if (std::find(chosen.begin(), chosen.end(), slot) != chosen.end()) continue;
            chosen.push_back(slot);
            break;
        }
    }
    std::sort(chosen.begin(), chosen.end(),
              [](const LocalSpan& a, const LocalSpan& b) { return a.begin < b.begin; });
    return chosen;
}

std::vector<LocalSpan> spaced_slots(const SlotWish& wish, LocalSpan within,
                                    const std::vector<LocalSpan>& busy, std::size_t most) {
    SlotWish bounded = wish;
    const auto day = day_of(within.begin);
    bounded.work_begin = within.begin - day;
    bounded.work_end = within.end - day;
    // On the half hour, also where the stretch begins at 10:10.
    const auto past = bounded.work_begin % kStep;
    if (past != minutes(0)) bounded.work_begin += kStep - past;
    std::vector<LocalSpan> apart;
    for (const LocalSpan& slot : of_day(day, within.begin, bounded, busy)) {
        const minutes least = std::max(wish.length, kLeastApart);
        if (apart.empty() || slot.begin - apart.back().begin >= least) apart.push_back(slot);
    }
    // Whole hours are easier to say, as long as they leave a choice.
    std::vector<LocalSpan> whole;
    for (const LocalSpan& slot : of_day(day, within.begin, bounded, busy)) {
        const bool is_whole = (slot.begin - day) % minutes(60) == minutes(0);
        const minutes least = std::max(wish.length, kLeastApart);
        if (is_whole && (whole.empty() || slot.begin - whole.back().begin >= least)) whole.push_back(slot);
    }
    if (whole.size() >= std::min(most, kEnoughWhole)) apart = std::move(whole);
    if (apart.size() <= most || most < 2) {
        if (apart.size() > most) apart.resize(most);
        return apart;
    }
    std::vector<LocalSpan> chosen;
    for (std::size_t i = 0; i < most; ++i) chosen.push_back(apart[i * (apart.size() - 1) / (most - 1)]);
    return chosen;
}

std::vector<LocalSpan> gaps(LocalSpan within, std::vector<LocalSpan> busy) {
    std::sort(busy.begin(), busy.end(),
              [](const LocalSpan& a, const LocalSpan& b) { return a.begin < b.begin; });
    std::vector<LocalSpan> free;
    LocalMinutes from = within.begin;
    for (const LocalSpan& taken : busy) {
        if (taken.end <= from) continue;
        if (taken.begin >= within.end) break;
        if (taken.begin > from) free.push_back({from, taken.begin});
        from = taken.end;
    }
    if (from < within.end) free.push_back({from, within.end});
    return free;
}

}  // namespace scheduling
