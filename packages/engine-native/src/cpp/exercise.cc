// Runs every kernel on random shapes with arrays of exactly their size, with one thread and with
// three, and compares the bits. For the sanitizers (`sanitize.mjs`); not part of the addon.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "dispatch.h"
#include "threads.h"

namespace {

using namespace archer;

std::mt19937 engine(7);

int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); }

/// An array of exactly that size on the heap.
struct Array {
  std::size_t size;
  std::unique_ptr<float[]> values;
  explicit Array(std::size_t n) : size(n), values(new float[n]) {
    std::uniform_real_distribution<float> any(-1, 1);
    for (std::size_t i = 0; i < n; i++) values[i] = any(engine);
  }
  Array(Array&&) = default;
  operator float*() { return values.get(); }
};

int failures = 0;

/// Runs a kernel twice; the outputs must agree in every bit.
void check(const char* name, std::vector<Array*> outputs, const std::function<void()>& run) {
  std::vector<std::vector<float>> first;
  set_threads(1);
  run();
  for (Array* output : outputs) first.emplace_back(output->values.get(), output->values.get() + output->size);
  set_threads(3);
  run();
  for (std::size_t i = 0; i < outputs.size(); i++) {
    if (std::memcmp(first[i].data(), outputs[i]->values.get(), outputs[i]->size * sizeof(float)) == 0) continue;
    std::printf("%s: output %zu differs between 1 and 3 threads\n", name, i);
    failures++;
  }
}

Conv random_conv(bool depthwise) {
  for (;;) {
    Conv c;
    c.n = pick(1, 5), c.h = pick(1, 11), c.w = pick(1, 12), c.ci = pick(1, 37);
    c.kh = pick(1, 5), c.kw = pick(1, 5), c.co = depthwise ? c.ci * pick(1, 2) : pick(1, 70);
    c.sh = pick(1, 3), c.sw = pick(1, 3), c.dh = pick(1, 2), c.dw = pick(1, 3);
    c.pt = pick(0, 3), c.pl = pick(0, 3);
    const int height = c.h + c.pt + pick(0, 3) - (c.kh - 1) * c.dh - 1;
    const int width = c.w + c.pl + pick(0, 3) - (c.kw - 1) * c.dw - 1;
    if (height < 0 || width < 0) continue;
    c.oh = height / c.sh + 1, c.ow = width / c.sw + 1;
    if ((c.oh - 1) * c.sh < c.h + c.pt && (c.ow - 1) * c.sw < c.w + c.pl) return c;
  }
}

void convolutions(const Kernels& k) {
  for (int round = 0; round < 60; round++) {
    const bool depthwise = round % 3 == 2;
    const Conv c = random_conv(depthwise);
    const std::size_t in = std::size_t(c.n) * c.h * c.w * c.ci, out = std::size_t(c.n) * c.oh * c.ow * c.co;
    Array x(in), dx(in), w(std::size_t(c.kh) * c.kw * (depthwise ? 1 : c.ci) * c.co), dw(w.size), y(out), dy(out);
    if (depthwise) {
      check("depthwise", {&y}, [&] { k.depthwise(c, x, w, y); });
      check("depthwise dx", {&dx}, [&] { k.depthwise_input_gradient(c, dy, w, dx); });
      check("depthwise dw", {&dw}, [&] { k.depthwise_filter_gradient(c, x, dy, dw); });
      continue;
    }
    check("conv", {&y}, [&] { k.conv(c, x, w, y); });
    check("conv dx", {&dx}, [&] { k.conv_input_gradient(c, dy, w, dx); });
    check("conv dw", {&dw}, [&] { k.conv_filter_gradient(c, x, dy, dw); });
    Array saved((out * k.saved_bytes + 3) / 4), z(out), mean(c.co), variance(c.co), gamma(c.co), beta(c.co), dgamma(c.co), dbeta(c.co);
    const bool relu = pick(0, 1) == 1;
    check("conv norm", {&saved, &z, &mean, &variance}, [&] {
      k.conv_norm(c, 1e-5f, relu, x, w, gamma, beta, dy, saved, z, mean, variance);
    });
    check("conv norm gradient", {&dx, &dw, &dgamma, &dbeta}, [&] {
      k.conv_norm_gradient(c, 1e-5f, relu, false, dy, x, saved, w, gamma, mean, variance, dx, dw, dgamma, dbeta);
    });
    Array sum(in);
    check("conv norm gradient added", {&sum, &dw}, [&] {
      std::memcpy(sum, x, in * sizeof(float));
      k.conv_norm_gradient(c, 1e-5f, relu, true, dy, x, saved, w, gamma, mean, variance, sum, dw, dgamma, dbeta);
    });
  }
}

void separables(const Kernels& k) {
  for (int round = 0; round < 30; round++) {
    Conv d = random_conv(true);
    d.co = d.ci;
    const Conv p = {d.n, d.oh, d.ow, d.ci, 1, 1, pick(1, 40), 1, 1, 1, 1, 0, 0, d.oh, d.ow};
    const Separable s = {d, p};
    const std::size_t in = std::size_t(d.n) * d.h * d.w * d.ci, out = std::size_t(p.n) * p.oh * p.ow * p.co;
    Array x(in), dx(in), filter(std::size_t(d.kh) * d.kw * d.ci), dfilter(filter.size);
    Array mix(std::size_t(p.ci) * p.co), dmix(mix.size), y(out), z(out), dz(out);
    Array mean(p.co), variance(p.co), gamma(p.co), beta(p.co), dgamma(p.co), dbeta(p.co);
    Array old_mean(d.ci), old_variance(d.ci), old_gamma(d.ci), old_beta(d.ci);
    for (std::size_t i = 0; i < old_variance.size; i++) old_variance[i] = old_variance[i] * old_variance[i] + 0.1f;
    const bool relu = pick(0, 1) == 1, pending = pick(0, 1) == 1;
    const PendingNorm before = pending ? PendingNorm{old_mean, old_variance, old_gamma, old_beta} : PendingNorm{};
    check("separable", {&y, &mean, &variance}, [&] {
      k.separable(s, 1e-5f, relu, x, before, filter, mix, y, mean, variance);
    });
    Array sums(std::size_t(2) * d.n * d.ci);
    std::vector<Array*> outputs = {&dx, &dfilter, &dmix, &dgamma, &dbeta};
    if (pending) outputs.push_back(&sums);
    check("separable gradient", outputs, [&] {
      k.separable_gradient(s, 1e-5f, relu, false, dz, x, before, y, filter, mix, gamma, mean, variance, nullptr, dx,
                           pending ? static_cast<float*>(sums) : nullptr, dfilter, dmix, dgamma, dbeta);
    });
    const PendingNorm norm = {mean, variance, gamma, beta};
    Array between(std::size_t(p.n) * p.h * p.w * p.ci);
    check("separable given", {&z}, [&] { k.separable_given(s, 1e-5f, relu, x, filter, mix, norm, dz, z); });
    check("conv given", {&z}, [&] { k.conv_norm_given(p, 1e-5f, relu, between, mix, norm, dz, z); });
  }
}

void mixtures_and_updates(const Kernels& k) {
  for (int round = 0; round < 20; round++) {
    const int n = round % 4 == 0 ? pick(60000, 90000) : pick(1, 200);
    Array a(n), b(n), c(n), y(n), da(n), db(n), dc(n), weights(3), dweights(3);
    const float* x[] = {a, b, c};
    float* dx[] = {da, db, dc};
    check("mixture", {&y}, [&] { k.mixture(3, n, weights, x, y); });
    check("mixture gradient", {&da, &db, &dc, &dweights}, [&] { k.mixture_gradient(3, n, weights, y, x, dx, dweights); });
    for (int i = 0; i < n; i++) c[i] = c[i] * c[i];
    check("adam", {&da, &db, &dc}, [&] {
      k.adam({0.1, 0.9, 0.999, 1e-8, 0.5, 0.1, 1}, n, a, b, c, y, da, db, dc);
    });
    const std::int32_t sizes[] = {n, pick(1, n), 0};
    check("norms", {&dweights}, [&] { k.norms(3, sizes, x, dweights); });
    const std::int32_t counts[] = {3, 1, 7};
    check("pool moments", {&da, &db}, [&] { k.pool_moments(3, n, counts, x, x, da, db); });
    check("update moments", {&da, &db}, [&] { k.update_moments({n, 0.1, 1.5}, a, b, c, y, da, db); });
    for (int op = 0; op <= kTanh; op++) check("transcendental", {&y}, [&] { k.transcendental(static_cast<Transcendental>(op), n, a, y); });
    check("softmax", {&y}, [&] { k.softmax(1, n, a, y); });
    Array edge(1);
    check("extreme", {&edge}, [&] { k.extreme(true, 1, n, 1, a, edge); });
    check("extremes", {&y}, [&] { k.extreme(false, n, 1, 1, a, y); });
    const Lstm s = {pick(1, 5), pick(1, 40), pick(1, 40)};
    const std::size_t rows = s.n, in = rows * s.inputs, cells = rows * s.hidden, wide = 4 * std::size_t(s.hidden);
    Array input(in), h(cells), cell(cells), wx(s.inputs * wide), wh(s.hidden * wide), bias(wide);
    Array gates(rows * wide), state(2 * cells), dstate(2 * cells);
    check("lstm", {&gates, &state}, [&] { k.lstm(s, input, h, cell, wx, wh, bias, gates, state); });
    for (int f = 0; f <= kIdentityOf; f++) {
      const Highway node = {s.n, f % 2 * s.inputs, s.hidden, static_cast<Activation>(f)};
      const std::size_t square = std::size_t(s.hidden) * s.hidden, oblong = std::size_t(s.inputs) * s.hidden;
      Array mask(cells), gate(square), value(square), more_gate(oblong), more_value(oblong);
      Array factors(2 * cells), out(cells), dout(cells), ds(cells), dgate(square), dvalue(square);
      Array dmore(in), dmore_gate(oblong), dmore_value(oblong);
      const HighwayInput first = {h, mask, gate, value}, second = {input, nullptr, more_gate, more_value};
      check("highway", {&factors, &out}, [&] { k.highway(node, first, second, factors, out); });
      check("highway gradient", {&ds, &dgate, &dvalue, &dmore, &dmore_gate, &dmore_value}, [&] {
        std::memcpy(dgate, gate, square * sizeof(float));
        k.highway_gradient(node, first, second, factors, dout, {ds, dgate, dvalue, false, true, false},
                           {dmore, dmore_gate, dmore_value, false, false, false});
      });
    }
    Array dinput(in), dh(cells), dcell(cells), dwx(wx.size), dwh(wh.size), dbias(wide);
    check("lstm gradient", {&dinput, &dh, &dcell, &dwx, &dwh, &dbias}, [&] {
      k.lstm_gradient(s, input, h, cell, wx, wh, gates, state, dstate, dinput, dh, dcell, dwx, dwh, dbias);
    });
  }
}

/// A window of a random cell and its way back, with and without masks; words and their decoder.
void recurrences(const Kernels& k) {
  for (int round = 0; round < 12; round++) {
    const int nodes = pick(1, 6), inputs = pick(1, 40), width = round == 0 ? 270 : pick(1, 40);
    const int lanes = pick(1, 120), steps = round == 1 ? 9 : pick(1, 4);
    std::vector<std::int32_t> cell;
    for (int node = 0; node < nodes; node++) {
      cell.insert(cell.end(), {node == 0 ? 0 : pick(0, node - 1), pick(0, kIdentityOf), node == nodes - 1 ? 1 : pick(0, 1)});
    }
    HighwayWindow s = {steps, lanes, inputs, width, nodes, 0, cell.data()};
    for (int node = 0; node < nodes; node++) s.averaged += s.is_averaged(node) ? 1 : 0;
    const std::size_t row = std::size_t(lanes) * width, all = row * steps, read = std::size_t(lanes) * inputs;
    Array x(read * steps), input_mask(read), h(row), hidden_mask(row), saved(3 * nodes * all), states(all);
    Array dstates(all), dx(x.size), dh(row);
    std::vector<Array> matrices, gradients;
    for (int i = 0; i < 2 * (nodes + 1); i++) {
      const std::size_t size = std::size_t(i < 2 ? inputs : width) * width;
      matrices.emplace_back(size), gradients.emplace_back(size);
    }
    std::vector<const float*> weights;
    std::vector<float*> to;
    std::vector<Array*> outputs = {&dx, &dh};
    for (Array& matrix : matrices) weights.push_back(matrix);
    for (Array& gradient : gradients) to.push_back(gradient), outputs.push_back(&gradient);
    const bool masked = pick(0, 1) == 1;
    const HighwayWindowInputs in = {x, masked ? static_cast<float*>(input_mask) : nullptr, h,
                                    masked ? static_cast<float*>(hidden_mask) : nullptr, weights.data()};
    check("window", {&saved, &states}, [&] { k.highway_window(s, in, saved, states); });
    check("window gradient", outputs, [&] {
      k.highway_window_gradient(s, in, saved, states, dstates, {dx, dh, to.data()});
    });
    check("window gradient by x", {&dx}, [&] {
      k.highway_window_gradient(s, in, saved, states, dstates, {dx, nullptr, nullptr});
    });
    const int n = pick(1, 60), classes = round < 2 ? pick(20000, 30000) : pick(1, 300);
    Array table(std::size_t(classes) * width), dtable(table.size), bias(classes), dbias(classes);
    Array rows(std::size_t(n) * width), drows(rows.size), factors(n), losses(n), lengths(n), hits(n);
    std::vector<std::int32_t> labels(n);
    for (auto& label : labels) label = pick(0, classes - 1);
    check("decoder", {&losses, &lengths, &hits}, [&] {
      k.decoded_cross_entropy({n, width, classes}, rows, table, bias, labels.data(), factors,
                              {losses, lengths, hits}, {nullptr, nullptr, nullptr});
    });
    check("decoder and gradients", {&losses, &lengths, &hits, &drows, &dtable, &dbias}, [&] {
      k.decoded_cross_entropy({n, width, classes}, rows, table, bias, labels.data(), factors,
                              {losses, lengths, hits}, {drows, dtable, dbias});
    });
    const Embedding words = {n, classes, width};
    check("embedding", {&rows}, [&] { k.embedding(words, table, labels.data(), rows); });
    check("embedding gradient", {&dtable}, [&] { k.embedding_gradient(words, false, labels.data(), drows, dtable); });
  }
}

void normalisations(const Kernels& k) {
  for (int round = 0; round < 10; round++) {
    const Norm m = {pick(1, 9), pick(1, 40), pick(1, 40), 1e-5f};
    const std::size_t size = std::size_t(m.images * m.pixels * m.channels);
    Array x(size), dz(size), z(size), dx(size), addend(size);
    Array gamma(m.channels), beta(m.channels), mean(m.channels), variance(m.channels), dgamma(m.channels), dbeta(m.channels);
    check("norm", {&z, &mean, &variance}, [&] { k.norm(m, x, gamma, beta, addend, z, mean, variance); });
    check("norm gradient", {&dx, &dgamma, &dbeta}, [&] {
      k.norm_gradient(m, dz, x, gamma, mean, variance, dx, dgamma, dbeta);
    });
    check("norm given", {&z}, [&] { k.norm_given(m, x, nullptr, beta, mean, variance, z); });
  }
}

void poolings(const Kernels& k) {
  for (int round = 0; round < 30; round++) {
    const Conv c = random_conv(true);
    const Pool p = {c.n, c.h, c.w, c.ci, c.kh, c.kw, c.sh, c.sw, c.pt, c.pl,
                    (c.h + c.pt - 1) / c.sh + 1, (c.w + c.pl - 1) / c.sw + 1};
    const std::size_t in = std::size_t(p.n) * p.h * p.w * p.c, out = std::size_t(p.n) * p.oh * p.ow * p.c;
    Array x(in), dx(in), y(out), dy(out);
    check("max", {&y}, [&] { k.max_pool(p, x, y); });
    check("max gradient", {&dx}, [&] { k.max_pool_gradient(p, x, dy, dx); });
    check("average", {&y}, [&] { k.average_pool(p, x, nullptr, y); });
    check("average gradient", {&dx}, [&] { k.average_pool_gradient(p, false, dy, dx); });
    check("average and addend", {&y}, [&] { k.average_pool(p, x, dy, y); });
    Array sum(dx.size);
    check("average gradient added", {&sum}, [&] {
      std::memcpy(sum, dx, dx.size * sizeof(float));
      k.average_pool_gradient(p, true, dy, sum);
    });
  }
}

void the_rest(const Kernels& k) {
  for (int round = 0; round < 20; round++) {
    const int n = round % 4 == 0 ? pick(60000, 90000) : pick(1, 200);
    Array x(n), z(n), y(n), v(n);
    for (int op = 0; op <= kStep; op++) check("unary", {}, [&] { k.unary(static_cast<Unary>(op), n, x, y); });
    Broadcast same = {1, {n}, {1}, {1}};
    for (int op = 0; op <= kReluGradient; op++) check("binary", {&y}, [&] { k.binary(static_cast<Binary>(op), same, x, z, y); });
    const float* inputs[] = {x, z, v};
    check("sum all", {&y}, [&] { k.sum_all(3, n, inputs, y); });
    const int outer = pick(1, 4), middle = pick(1, 300), inner = pick(1, 40);
    Array box(std::size_t(outer) * middle * inner), sums(std::size_t(outer) * inner), one(1), rows(outer), columns(inner);
    check("sum", {&sums}, [&] { k.sum(outer, middle, inner, 0.5f, box, sums); });
    check("sum of rows", {&rows}, [&] { k.sum(outer, std::int64_t(middle) * inner, 1, 1, box, rows); });
    check("sum of columns", {&columns}, [&] { k.sum(1, std::int64_t(outer) * middle, inner, 1, box, columns); });
    check("sum of all", {&one}, [&] { k.sum(1, n, 1, 1, x, one); });
    Array row(inner), wide(std::size_t(outer) * middle * inner);
    Broadcast apart = {3, {outer, middle, inner}, {std::int64_t(middle) * inner, inner, 1}, {0, 0, 1}};
    check("broadcast", {&wide}, [&] { k.binary(kAdd, apart, box, row, wide); });
    Copy turn = {3, {inner, middle, outer}, {1, inner, std::int64_t(middle) * inner}, {std::int64_t(middle) * outer, outer, 1}, 0, 0};
    check("copy", {&wide}, [&] { k.copy(turn, box, wide); });
    const Matmul s = {pick(1, 3), pick(1, 40), pick(1, 40), pick(1, 40), pick(0, 1) == 1, pick(0, 1) == 1, 0, 0};
    Matmul each = s;
    each.a_step = std::int64_t(s.m) * s.k;
    Array a(std::size_t(s.batch) * s.m * s.k), b(std::size_t(s.k) * s.n), product(std::size_t(s.batch) * s.m * s.n);
    check("matmul", {&product}, [&] { k.matmul(each, a, b, product); });
    const int classes = pick(1, 12);
    Array logits(std::size_t(outer) * classes), losses(outer), errors(std::size_t(outer) * classes);
    std::vector<std::int32_t> labels(outer);
    for (auto& label : labels) label = pick(0, classes - 1);
    check("cross entropy", {&losses, &errors}, [&] { k.cross_entropy(outer, classes, logits, labels.data(), losses, errors); });
    Array new_w(n), new_v(n);
    check("sgd", {&new_w, &new_v}, [&] { k.sgd({0.1, 0.9, 0.01, 0.5, true}, n, x, v, z, new_w, new_v); });
    check("fill", {&y}, [&] { k.fill(n, 2, y); });
  }
}

/// Convolutions of two tables agree in every bit: sums go over the same products in the same order.
void same_products(const Kernels& k, const Kernels& other) {
  for (int round = 0; round < 30; round++) {
    const Conv c = random_conv(false);
    Array x(std::size_t(c.n) * c.h * c.w * c.ci), w(std::size_t(c.kh) * c.kw * c.ci * c.co);
    Array dy(std::size_t(c.n) * c.oh * c.ow * c.co), y(dy.size), dx(x.size), dw(w.size);
    Array y2(y.size), dx2(x.size), dw2(w.size);
    k.conv(c, x, w, y), k.conv_input_gradient(c, dy, w, dx), k.conv_filter_gradient(c, x, dy, dw);
    other.conv(c, x, w, y2), other.conv_input_gradient(c, dy, w, dx2), other.conv_filter_gradient(c, x, dy, dw2);
    const bool same = std::memcmp(y, y2, y.size * sizeof(float)) == 0 &&
                      std::memcmp(dx, dx2, dx.size * sizeof(float)) == 0 &&
                      std::memcmp(dw, dw2, dw.size * sizeof(float)) == 0;
    if (same) continue;
    std::printf("%s and %s differ\n", k.name, other.name);
    failures++;
  }
}

void everything(const Kernels& k) {
  convolutions(k);
  separables(k);
  mixtures_and_updates(k);
  recurrences(k);
  normalisations(k);
  poolings(k);
  the_rest(k);
  std::printf("%s: done\n", k.name);
}

}  // namespace

int main() {
  for (const Kernels* const* table = available_kernels(); *table != nullptr; table++) everything(**table);
  everything(kEmulatedBf16);
  for (const Kernels* const* table = available_bf16_kernels(); *table != nullptr; table++) {
    everything(**table);
    same_products(**table, kEmulatedBf16);
  }
  set_threads(1);
  return failures == 0 ? 0 : 1;
}
