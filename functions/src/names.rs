//! The names of the 108 methods that the product is to have, spelled as on the wire. The registry grows towards this list; a test
//! holds the two together.

/// In the order of the alphabet.
pub const NAMES: [&str; 108] = [
    "admin.banUsers",
    "admin.getAllocation",
    "admin.getAppProperties",
    "admin.getBannedUsers",
    "admin.getRestrictionInfo",
    "admin.setAppProperties",
    "admin.setRestrictionInfo",
    "admin.unbanUsers",
    "application.getPublicInfo",
    "auth.createToken",
    "auth.expireSession",
    "auth.getSession",
    "auth.promoteSession",
    "auth.revokeAuthorization",
    "auth.revokeExtendedPermission",
    "batch.run",
    "comments.add",
    "comments.get",
    "comments.remove",
    "dashboard.decrementCount",
    "dashboard.getCount",
    "dashboard.incrementCount",
    "dashboard.multiGetCount",
    "dashboard.multiIncrementCount",
    "dashboard.multiSetCount",
    "dashboard.setCount",
    "data.getCookies",
    "data.setCookie",
    "events.cancel",
    "events.create",
    "events.edit",
    "events.get",
    "events.getMembers",
    "events.invite",
    "events.rsvp",
    "fbml.deleteCustomTags",
    "fbml.getCustomTags",
    "fbml.refreshImgSrc",
    "fbml.refreshRefUrl",
    "fbml.registerCustomTags",
    "fbml.setRefHandle",
    "fql.multiquery",
    "fql.query",
    "friends.areFriends",
    "friends.get",
    "friends.getAppUsers",
    "friends.getLists",
    "friends.getMutualFriends",
    "groups.get",
    "groups.getMembers",
    "intl.getTranslations",
    "intl.uploadNativeStrings",
    "links.get",
    "links.getStats",
    "links.post",
    "links.preview",
    "liveMessage.send",
    "message.getThreadsInFolder",
    "migrations.getStatuses",
    "migrations.setStatus",
    "notes.create",
    "notes.delete",
    "notes.edit",
    "notes.get",
    "notifications.get",
    "notifications.getList",
    "notifications.markRead",
    "notifications.sendEmail",
    "pages.blockFan",
    "pages.getinfo",
    "pages.isAdmin",
    "pages.isAppAdded",
    "pages.isFan",
    "photos.addTag",
    "photos.createAlbum",
    "photos.get",
    "photos.getAlbums",
    "photos.getTags",
    "photos.upload",
    "privacy.get",
    "profile.getFBML",
    "profile.getInfo",
    "profile.getInfoOptions",
    "profile.setFBML",
    "profile.setInfo",
    "profile.setInfoOptions",
    "sms.canSend",
    "sms.send",
    "status.get",
    "status.set",
    "stream.addComment",
    "stream.addLike",
    "stream.get",
    "stream.getComments",
    "stream.getFilters",
    "stream.publish",
    "stream.remove",
    "stream.removeComment",
    "stream.removeLike",
    "users.getInfo",
    "users.getLoggedInUser",
    "users.getStandardinfo",
    "users.hasAppPermission",
    "users.isAppUser",
    "users.isVerified",
    "users.setStatus",
    "video.getUploadLimits",
    "video.upload",
];

#[cfg(test)]
mod tests {
    use super::NAMES;
    use crate::METHODS;

    #[test]
    fn every_registered_method_is_one_of_the_names() {
        for handler in METHODS {
            assert!(NAMES.contains(&handler.name), "{} is no name of the API", handler.name);
        }
    }

    #[test]
    fn the_registry_is_sorted_and_names_nothing_twice() {
        assert!(METHODS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(NAMES.windows(2).all(|pair| pair[0].to_lowercase() < pair[1].to_lowercase()));
        let mut names: Vec<String> =
            METHODS.iter().flat_map(|h| h.aliases.iter().chain([&h.name])).map(|n| n.to_lowercase()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
