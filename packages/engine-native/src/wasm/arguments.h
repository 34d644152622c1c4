// JavaScript's arguments as C++ values, as `addon.ts` writes them: the WebAssembly counterpart of
// ../cpp/arguments.h. What is wrong throws in JavaScript, through the import `refuse`, which does
// not return; the caller puts the stack back.
#pragma once

#include <cstddef>
#include <cstdint>

namespace archer {

// ---- refusals ----------------------------------------------------------------------------------

extern "C" [[noreturn]] __attribute__((import_module("archer"), import_name("refuse"))) void
archer_refuse(const char* text, int length);

/// A short text in the frame of its function.
class Text {
 public:
  Text& operator<<(const char* more) {
    while (*more != 0 && length_ < kMost) text_[length_++] = *more++;
    return *this;
  }

  Text& operator<<(std::int64_t number) {
    char digits[20];
    int count = 0;
    std::uint64_t rest = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    do digits[count++] = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0) *this << "-";
    while (count > 0 && length_ < kMost) text_[length_++] = digits[--count];
    return *this;
  }

  [[noreturn]] void refuse() const { archer_refuse(text_, length_); }

 private:
  static constexpr int kMost = 120;
  char text_[kMost];
  int length_ = 0;
};

[[noreturn]] inline void refuse(const char* message) { (Text() << message).refuse(); }

// ---- arguments ---------------------------------------------------------------------------------

/// Elements of the largest tensor: 1 GiB, so that sizes in bytes of everything that a kernel makes
/// from it fit an address.
constexpr std::int64_t kMostElements = std::int64_t{1} << 28;

constexpr int kMostArguments = 24;

/// As JavaScript writes it. `value` is a number, the address of values, or that of a list of
/// addresses and lengths, in turn.
struct Argument {
  enum Kind : std::int32_t { kOther, kNumber, kBoolean, kNull, kFloats, kIntegers, kList };
  Kind kind;
  std::int32_t length;
  double value;
};

class Arguments {
 public:
  Arguments(const Argument* given, int count, int expected) : given_(given) {
    if (count == expected) return;
    (Text() << "Expected " << std::int64_t{expected} << " arguments, got " << std::int64_t{count} << ".").refuse();
  }

  double number(std::size_t i) const {
    if (given_[i].kind != Argument::kNumber) (named(i) << " is not a number.").refuse();
    return given_[i].value;
  }

  bool flag(std::size_t i) const {
    if (given_[i].kind != Argument::kBoolean) (named(i) << " is not a boolean.").refuse();
    return given_[i].value != 0;
  }

  std::int64_t integer(std::size_t i) const {
    const double value = number(i);
    if (!(value >= -2147483648.0 && value <= 2147483648.0) || value != static_cast<double>(static_cast<std::int64_t>(value))) {
      (named(i) << " is not an integer of 32 bits.").refuse();
    }
    return static_cast<std::int64_t>(value);
  }

  /// A Float32Array with at least `size` values.
  float* floats(std::size_t i, std::int64_t size) const {
    return static_cast<float*>(array(i, Argument::kFloats, size, "Float32Array"));
  }

  /// The same, or null where JavaScript gives null.
  float* floats_or_null(std::size_t i, std::int64_t size) const {
    return given_[i].kind == Argument::kNull ? nullptr : floats(i, size);
  }

  const std::int32_t* integers(std::size_t i, std::int64_t size) const {
    return static_cast<const std::int32_t*>(array(i, Argument::kIntegers, size, "Int32Array"));
  }

  bool is_null(std::size_t i) const { return given_[i].kind == Argument::kNull; }

  /// Elements of an array of tensors; 0 for what is none.
  int list_length(std::size_t i) const {
    return given_[i].kind == Argument::kList ? given_[i].length : 0;
  }

  /// The element of an array of tensors, a Float32Array with at least `size` values.
  const float* floats_in_list(std::size_t i, int element, std::int64_t size) const {
    const auto* pair = static_cast<const std::int32_t*>(address(i)) + 2 * element;
    if (pair[1] < size) refuse("An input is not a Float32Array of the size.");
    return reinterpret_cast<const float*>(pair[0]);
  }

 private:
  static Text named(std::size_t i) { return Text() << "Argument " << static_cast<std::int64_t>(i + 1); }

  void* address(std::size_t i) const {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(given_[i].value));
  }

  void* array(std::size_t i, Argument::Kind wanted, std::int64_t size, const char* type_name) const {
    const Argument& a = given_[i];
    if (a.kind != wanted) (named(i) << " is not a " << type_name << ".").refuse();
    if (a.length < size) {
      (named(i) << " has " << std::int64_t{a.length} << " values; the shape needs " << size << ".").refuse();
    }
    return address(i);
  }

  const Argument* given_;
};

}  // namespace archer
