#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "host/store/sqlite/sqlite_store.hpp"
#include "tests/host/store/store_calls.hpp"
#include "tests/host/temporary_folder.hpp"

namespace migue::host {
namespace {

using test::message;

/// While it lives, no file of this process grows beyond its first bytes: as on a full disk.
class FullDisk {
public:
    FullDisk() : before_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &limit_);
        rlimit none = limit_;
        none.rlim_cur = 512;
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        ::signal(SIGXFSZ, before_);
    }

private:
    void (*before_)(int);
    rlimit limit_{};
};

TEST(SqliteOnAFullDisk, RefusesSaysSoAndGoesOnWhenThereIsRoomAgain) {
    const test::TemporaryFolder folder;
    const auto opened = sqlite::SqliteStore::open(folder.path() / "migue.db");
    ASSERT_TRUE(opened) << opened.error().what;
    Store& store = **opened;
    ASSERT_TRUE(test::accept(store, message("wamid.1")));
    {
        const FullDisk full;
        EXPECT_TRUE(store.ping()) << "nothing has been refused yet";
        const auto refused = test::accept(store, message("wamid.2"));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Error::Code::kUnavailable);
        EXPECT_FALSE(store.ping());
        EXPECT_TRUE(store.heartbeat(test::kNow)) << "the file is still this process's";
    }
    EXPECT_TRUE(store.ping());
    EXPECT_FALSE(test::accept(store, message("wamid.2"))->duplicate);
    EXPECT_TRUE(test::accept(store, message("wamid.1"))->duplicate) << "what was stored is still there";
}

}  // namespace
}  // namespace migue::host
