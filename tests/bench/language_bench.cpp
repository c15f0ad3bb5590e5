// How long one message takes from its bytes to an event draft, on one core.
//
//   ./dev bench language
//
// "Typical" runs over messages as people type them, each language by itself; the counters p50_us, p999_us
// and max_us are over single messages, which an average would hide. "Adversarial" are 4,096 bytes made to
// be slow; "Length" shows that the time grows with the length and not faster.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "language/reading.hpp"
#include "understanding/draft.hpp"

namespace {

using scheduling::Moment;

// Monday 23 November 2026, 15:05 UTC.
constexpr std::int64_t kNow = 1795446300000;

Moment moment_of(std::string_view language) {
    Moment moment;
    moment.now_unix_ms = kNow;
    moment.zone = language == "es"   ? "America/Bogota"
                  : language == "en" ? "America/New_York"
                                     : "America/Sao_Paulo";
    moment.locale = language == "es" ? "es-CO" : language == "en" ? "en-US" : "pt-BR";
    moment.region = moment.locale.substr(3, 2);
    return moment;
}

const std::vector<std::string>& messages_of(std::string_view language) {
    static const std::vector<std::string> spanish = {
        "agenda una reunión con Laura mañana a las 3",
        "dentista el viernes 27 a las 10:30 por una hora",
        "cena con Pablo y Marta el sábado a las 8 en el restaurante Andrés",
        "reunión de equipo todos los martes de 9 a 10 hasta el 15 de diciembre",
        "q tengo mñna?",
        "mejor a las 4",
        "cancela la reunión con Laura del jueves",
        "vacaciones del 21 al 24 de diciembre",
        "videollamada con ana@ejemplo.co pasado mañana a las tres y media de la tarde, avísame 10 minutos "
        "antes",
        "hola! me puedes agendar cita con el Dr. Pérez la otra semana, el martes en la mañana? gracias",
        "pagar la renta el primer lunes de cada mes a las 9",
        "de hoy en ocho entrega del informe a más tardar a las 5pm hora de Madrid"};
    static const std::vector<std::string> english = {
        "book 45 min with Sam Thursday 11am, video call",
        "lunch with Priya next Friday at noon at Blue Bottle",
        "set up a call with Sarah and Mike on Wednesday at half past two",
        "move tomorrow's 3pm to Friday",
        "am I free Wednesday afternoon?",
        "dentist 12/3 @ 9:30am, remind me an hour before",
        "team offsite Dec 7-9",
        "gym Mon, Wed, Fri 6am until Christmas",
        "tmrw 3-4:30pm review w/ dana@x.com and lee@x.com on zoom",
        "hey can you put a meeting with the design team on my calendar for Tuesday at 3:30pm for 45 minutes",
        "first Monday of each month 10am, 6 times",
        "call grandma in half an hour"};
    static const std::vector<std::string> portuguese = {
        "marca dentista sexta às 14h por 1 hora",
        "marca call com a Ana amanhã às 15h",
        "reunião de equipe toda terça às 9h",
        "jantar com a família no sábado às 8 da noite no restaurante Fasano",
        "o que tenho amanhã de manhã?",
        "muda para as 16h30",
        "férias de 21 a 24 de dezembro",
        "consulta com a Dra. Paula daqui a 15 dias às dez e meia",
        "hj à noite academia, me lembra 30 min antes",
        "oi, pode agendar uma reunião com o João e o Pedro na próxima quarta das 14h às 15h30? obrigado",
        "pagar aluguel todo dia 5 às 10h",
        "entrega do relatório até sexta às 18h horário de Brasília"};
    return language == "es" ? spanish : language == "en" ? english : portuguese;
}

/// Time of this thread on its core: what others do on the machine does not count.
double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double microseconds_of(std::string_view text, const Moment& moment) {
    const double begin = cpu_microseconds();
    benchmark::DoNotOptimize(scheduling::understand(text, "schedule_meeting", moment));
    return cpu_microseconds() - begin;
}

void typical(benchmark::State& state, std::string_view language) {
    const Moment moment = moment_of(language);
    const auto& messages = messages_of(language);
    std::vector<double> times;
    for (auto _ : state)
        for (const std::string& message : messages) times.push_back(microseconds_of(message, moment));
    state.SetItemsProcessed(static_cast<std::int64_t>(times.size()));
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
        return times[std::min(times.size() - 1,
                              static_cast<std::size_t>(share * static_cast<double>(times.size())))];
    };
    double sum = 0;
    for (const double time : times) sum += time;
    state.counters["mean_us"] = sum / static_cast<double>(times.size());
    state.counters["p50_us"] = at(0.5);
    state.counters["p999_us"] = at(0.999);
    state.counters["max_us"] = times.back();
}

std::string repeated(std::string_view piece, std::size_t size) {
    std::string text;
    while (text.size() < size) text += piece;
    text.resize(size);
    return text;
}

void adversarial(benchmark::State& state, std::string_view piece) {
    const Moment moment = moment_of("es");
    const std::string text = repeated(piece, scheduling::language::kMaxTextBytes);
    double worst = 0;
    for (auto _ : state) worst = std::max(worst, microseconds_of(text, moment));
    state.counters["max_us"] = worst;
}

void length(benchmark::State& state) {
    const Moment moment = moment_of("es");
    const std::string text =
        repeated("reunión con Laura mañana a las 3 de la tarde y con el equipo después. ",
                 static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(scheduling::understand(text, "schedule_meeting", moment));
    state.SetComplexityN(state.range(0));
}

BENCHMARK_CAPTURE(typical, es, "es");
BENCHMARK_CAPTURE(typical, en, "en");
BENCHMARK_CAPTURE(typical, pt, "pt");
BENCHMARK_CAPTURE(adversarial, clocks, "a las 3 ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, numbers, "3-")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, spaced_numbers, "1 2 3-4 ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, ranges, "de 3 a ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, periods, "próximo lunes de la semana que viene ")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, repeats, "every other ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, slips, "miercolez ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, guests, "con Ana y ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, one_letter, "a ")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(adversarial, emoji, "\xF0\x9F\x98\x80")->Unit(benchmark::kMicrosecond);
BENCHMARK(length)->RangeMultiplier(2)->Range(128, 4096)->Complexity()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
